import { expect, test } from "vitest";
import { array } from "../../../test/layers.ts";
import { grad } from "../../engine/autodiff/grad.ts";
import { input } from "../../engine/ir/leaves.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import { evaluate } from "../../engine/reference/evaluate.ts";
import { module } from "../../nn/module.ts";
import type { Turn } from "../game.ts";
import { historicalAveraging } from "./historical-averaging.ts";

const owned = module("d", (x: Tensor) => x);
const theta = { "d.w": input("w", [2]), "d.b": input("b", [1]) };
const turn = { parameters: ({ name }: { name: string }) => (name === "d" ? theta : {}) };
const view = { turn: turn as unknown as Turn };
const term = historicalAveraging({ of: [owned as never], weight: 2 });
const old = { moves: input("moves", []), "d.w": input("oldW", [2]), "d.b": input("oldB", [1]) };

test("it keeps a mean like each parameter, and a count", () => {
  const slots = Object.entries(term.state!(view)).map(([name, { shape }]) => [name, shape]);
  expect(Object.fromEntries(slots)).toEqual({ moves: [], "d.w": [2], "d.b": [1] });
});

test("at move t: weight·‖θ − mean of t values‖², by hand; the means and the count move on", () => {
  const { loss, state } = term.apply(view, old);
  const wanted = [loss, state!.moves!, state!["d.w"]!, state!["d.b"]!];
  const [value, moves, w, b] = evaluate(wanted, {
    w: array([2], [4, 0]),
    b: array([1], [9]),
    oldW: array([2], [1, 3]),
    oldB: array([1], [0]),
    moves: array([], [2]),
  });
  // Means of three: (1+1+4)/3, (3+3+0)/3, (0+0+9)/3.
  expect(Array.from(w!.data)).toEqual([2, 2]);
  expect(Array.from(b!.data)).toEqual([3]);
  expect(moves!.data[0]).toBe(3);
  expect(value!.data[0]).toBeCloseTo(2 * (4 + 4 + 36), 12);
});

test("at the first move the mean is the parameter itself: nothing pulls to the slots' zeros", () => {
  const { loss } = term.apply(view, old);
  const zeros = { oldW: array([2], [0, 0]), oldB: array([1], [0]), moves: array([], [0]) };
  const at = { ...zeros, w: array([2], [4, -1]), b: array([1], [9]) };
  expect(evaluate([loss], at)[0]!.data[0]).toBe(0);
});

test("the gradient is 2·weight·(θ − mean): the mean is data", () => {
  const { loss } = term.apply(view, old);
  const slope = evaluate(grad(loss, [theta["d.w"]]), {
    w: array([2], [4, 0]),
    b: array([1], [9]),
    oldW: array([2], [1, 3]),
    oldB: array([1], [0]),
    moves: array([], [2]),
  })[0]!;
  expect(Array.from(slope.data)).toEqual([8, -8]);
});
