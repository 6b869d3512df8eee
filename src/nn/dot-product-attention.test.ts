import { expect, test } from "vitest";
import { claimsOf, gradientError } from "../../test/gradients.ts";
import { apply, array, noise, resultOf } from "../../test/layers.ts";
import { input } from "../engine/ir/leaves.ts";
import { square, sum } from "../engine/ops/index.ts";
import { dotProductAttention } from "./dot-product-attention.ts";

const identity = array([2, 2], [1, 0, 0, 1]);
const plain = {
  "net.query.weight": identity,
  "net.key.weight": identity,
  "net.value.weight": identity,
  "net.out.weight": identity,
  "net.out.bias": array([2], [0, 0]),
};

const rounded = (y: ArrayLike<number>) => Array.from(y, (v) => Number(v.toFixed(9)));

test("without keys every token hears the mean of all", () => {
  const x = array([1, 3, 2], [1, 2, 3, 4, 5, 0]);
  const set = { ...plain, "net.key.weight": array([2, 2], [0, 0, 0, 0]) };
  expect(rounded(resultOf(dotProductAttention({ heads: 1 }), x, { set }).data)).toEqual([
    3, 2, 3, 2, 3, 2,
  ]);
});

test("each head weighs by its own part of queries and keys", () => {
  const x = array([1, 2, 2], [1, 0, 0, 2]);
  const y = rounded(resultOf(dotProductAttention({ heads: 2 }), x, { set: plain }).data);
  // Softmax of (1·1, 1·0) and of (0, 0) in the first head, of (0, 0) and of (2·0, 2·2) in the second.
  const first = Math.E / (Math.E + 1);
  const second = (2 * Math.exp(4)) / (1 + Math.exp(4));
  expect(y).toEqual(rounded([first, 1, 0.5, second]));
});

test("scores are divided by √d: tokens of two numbers in one head", () => {
  const x = array([1, 2, 2], [1, 1, 0, 0]);
  const y = resultOf(dotProductAttention({ heads: 1 }), x, { set: plain }).data;
  const weight = 1 / (1 + Math.exp(-2 / Math.SQRT2));
  expect(rounded(y)).toEqual(rounded([weight, weight, 0.5, 0.5]));
});

test("gradients are right", () => {
  const x = input("x", [2, 5, 4]);
  const { y, feeds, parameters } = apply((s) => dotProductAttention({ heads: 2 })(x, s));
  expect(y.shape).toEqual([2, 5, 4]);
  const claims = claimsOf(sum(square(y)), [x, ...parameters]);
  const values = { ...feeds, x: noise([2, 5, 4], 4) };
  expect(gradientError({ claims, feeds: values }, 1)).toBeLessThan(1e-6);
});
