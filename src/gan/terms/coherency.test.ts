import { expect, test } from "vitest";
import { claimsOf, gradientError } from "../../../test/gradients.ts";
import { array, noise } from "../../../test/layers.ts";
import { input } from "../../engine/ir/leaves.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import { add, matmul, mul, reshape, tanh } from "../../engine/ops/index.ts";
import { evaluate } from "../../engine/reference/evaluate.ts";
import type { TemperedDuel } from "../tempering.ts";
import { coherency } from "./coherency.ts";

const w = input("w", [2, 1]);

/** A duel of two pairs whose uniform draws are the inputs u0 (α₂) and u1 (ν). */
function duel(scoreAt: TemperedDuel["scoreAt"]): TemperedDuel {
  let draws = 0;
  return {
    turn: { size: 2, uniform: (shape: number[]) => input(`u${draws++}`, shape) },
    alpha: input("alpha", [2]),
    pair: { first: input("first", [2, 2]), second: input("second", [2, 2]) },
    scoreAt,
  } as unknown as TemperedDuel;
}

const feeds = {
  w: array([2, 1], [2, -1]),
  alpha: array([2], [1, 0.75]),
  u0: array([2], [0.5, 0.25]),
  u1: array([2], [0.5, 0]),
  first: array([2, 2], [3, 1, 0, 4]),
  second: array([2, 2], [1, 0, 2, 0]),
};
const linear = (x: Tensor, a: Tensor) => add(reshape(matmul(x, w), { shape: [2] }), mul(a, 7));

test("of a linear critic: ((α₁−α₂)·w·(x₁−x₂))², whatever it makes of α", () => {
  // w·(2, 1) = 3 and w·(−2, 4) = −8, each times ½: E(1.5², 4²).
  const { loss } = coherency({ weight: 10 }).apply(duel(linear), {});
  expect(evaluate([loss], feeds)[0]!.data[0]).toBeCloseTo((10 * (2.25 + 16)) / 2, 10);
});

test("the critic is asked between the two temperings, at the α between", () => {
  let asked: Tensor[] = [];
  const spy = (x: Tensor, a: Tensor) => {
    asked = [x, a];
    return linear(x, a);
  };
  coherency().apply(duel(spy), {});
  const [items, alpha] = evaluate(asked, feeds);
  expect(Array.from(alpha!.data)).toEqual([0.75, 0.25]);
  expect(Array.from(items!.data)).toEqual([2.5, 0.75, 1.5, 1]);
});

test("its gradients match central differences, twice", () => {
  const curved = (x: Tensor, a: Tensor) => tanh(linear(mul(x, x), a));
  const { loss } = coherency({ weight: 3 }).apply(duel(curved), {});
  const fed = { ...feeds, first: noise([2, 2], 1), second: noise([2, 2], 2) };
  expect(gradientError({ claims: claimsOf(loss, [w]), feeds: fed }, 1)).toBeLessThan(1e-6);
});
