import { expect, test } from "vitest";
import { array, stateAfter } from "../../../test/layers.ts";
import { input } from "../../engine/ir/leaves.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import type { Scope } from "../../nn/trace.ts";
import { controlled } from "./_controller.ts";
import { ada } from "./ada.ts";
import { apa } from "./apa.ts";

/** What the controller keeps after scores of data, from given values. */
function after(
  scores: readonly number[],
  kept: { p: number; sum: number; steps: number },
  every = 4,
) {
  const follow = (real: Tensor, scope: Scope) => {
    controlled({ real, fake: real }, scope, { kimg: 1, every });
    return real;
  };
  const set = Object.fromEntries(
    Object.entries(kept).map(([name, value]) => [`net.${name}`, array([], [value])]),
  );
  const state = stateAfter(follow, array([scores.length], scores), set);
  return ["p", "sum", "steps"].map((name) => Number(state[`net.${name}`]!.data[0]!.toFixed(9)));
}

test("signs are gathered until their mean is due, and p then moves a fixed way", () => {
  // Signs 1, 1, 1, −1: a mean of ½.
  const scores = [3, 0.1, 9, -2];
  expect(after(scores, { p: 0.2, sum: 1, steps: 1 })).toEqual([0.2, 1.5, 2]);
  // The fourth: mean (2.5 + 0.5)/4 = 0.75 > 0.6, so up by 4 items · 4 steps / 1000.
  expect(after(scores, { p: 0.2, sum: 2.5, steps: 3 })).toEqual([0.216, 0, 0]);
  expect(after(scores, { p: 0.2, sum: -2, steps: 3 })).toEqual([0.184, 0, 0]);
  expect(after(scores, { p: 0.001, sum: -2, steps: 3 })).toEqual([0, 0, 0]);
  expect(after([1, 1, 1, 1], { p: 0.999, sum: 0, steps: 0 }, 1)).toEqual([1, 0, 0]);
});

test.each([ada(), apa()])("$id needs one score an item", ({ follow }) => {
  const scores = input("scores", [4, 11]);
  const scope = {} as Scope;
  expect(() => follow!({ real: scores, fake: scores }, scope)).toThrow(/one score/);
});

test("APA shows fakes as data with probability p, and no gradient passes there", () => {
  const { show } = apa({ initial: 1 });
  const sides = { real: input("x", [2, 3]), fake: input("y", [2, 3]) };
  const scope = {
    uniform: () => input("u", [2, 1]),
    state: () => ({ read: () => input("p", []), write: () => {} }),
  } as unknown as Scope;
  const shown = show(sides, scope);
  expect(shown.fake).toBe(sides.fake);
  expect(shown.real.inputs[1]!.record.name).toBe("stopGradient");
  expect(shown.real.inputs[1]!.inputs[0]).toBe(sides.fake);
  expect(shown.real.inputs[2]).toBe(sides.real);
});
