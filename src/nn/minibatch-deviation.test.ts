import { expect, test } from "vitest";
import { claimsOf, gradientError } from "../../test/gradients.ts";
import { apply, array, noise, resultOf } from "../../test/layers.ts";
import { input } from "../engine/ir/leaves.ts";
import { square, sum } from "../engine/ops/index.ts";
import { minibatchDeviation } from "./minibatch-deviation.ts";

test("the mean deviation over the batch is one more map", () => {
  const x = array([2, 1, 1, 2], [1, 0, 3, 0]);
  const y = resultOf(minibatchDeviation(), x);
  expect(y.shape).toEqual([2, 2, 1, 2]);
  // Deviations 1 and 0 of the two places.
  for (const at of [2, 3, 6, 7]) expect(y.data[at]).toBeCloseTo(0.5, 3);
  expect([y.data[0], y.data[4]]).toEqual([1, 3]);
});

test("groups are compared apart: items 0 and 2, 1 and 3", () => {
  const x = array([4, 1, 1, 1], [1, 10, 3, 30]);
  const y = resultOf(minibatchDeviation({ group: 2 }), x).data;
  expect([1, 3, 5, 7].map((at) => Number(y[at]!.toFixed(4)))).toEqual([1, 10, 1, 10]);
  expect(() => resultOf(minibatchDeviation({ group: 3 }), x)).toThrow(/SHAPE/);
});

test("its gradient is right", () => {
  const x = input("x", [4, 2, 2, 2]);
  const { y } = apply((s) => minibatchDeviation({ group: 2 })(x, s));
  const claims = claimsOf(sum(square(y)), [x]);
  expect(gradientError({ claims, feeds: { x: noise([4, 2, 2, 2], 3) } }, 1)).toBeLessThan(1e-6);
});
