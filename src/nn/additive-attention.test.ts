import { expect, test } from "vitest";
import { claimsOf, gradientError } from "../../test/gradients.ts";
import { apply, array, noise, resultOf } from "../../test/layers.ts";
import { input } from "../engine/ir/leaves.ts";
import { square, sum } from "../engine/ops/index.ts";
import { additiveAttention } from "./additive-attention.ts";

const identity = array([2, 2], [1, 0, 0, 1]);
const nothing = array([2], [0, 0]);
const plain = {
  "net.query.weight": identity,
  "net.query.bias": nothing,
  // Every key is 1.
  "net.key.weight": array([2, 2], [0, 0, 0, 0]),
  "net.key.bias": array([2], [1, 1]),
  "net.value.weight": identity,
  "net.value.bias": nothing,
  "net.out.weight": identity,
  "net.out.bias": nothing,
  "net.score.bias": array([1], [0]),
};

test("without scores every token is multiplied by the mean of all", () => {
  const x = array([1, 3, 2], [1, 2, 3, 4, 5, 0]);
  const set = { ...plain, "net.score.weight": array([1, 2], [0, 0]) };
  const y = resultOf(additiveAttention({ heads: 1 }), x, { set }).data;
  expect([...y].map((v) => Number(v.toFixed(9)))).toEqual([3, 4, 9, 8, 15, 0]);
});

test("and by its own key", () => {
  const x = array([1, 3, 2], [1, 2, 3, 4, 5, 0]);
  const set = { ...plain, "net.key.weight": identity, "net.score.weight": array([1, 2], [0, 0]) };
  const y = resultOf(additiveAttention({ heads: 1 }), x, { set }).data;
  expect([...y].map((v) => Number(v.toFixed(9)))).toEqual([6, 12, 36, 40, 90, 0]);
});

test("a token that scores far above the others is what all are multiplied by", () => {
  const x = array([1, 3, 2], [1, 2, 3, 4, 50, -1]);
  const set = { ...plain, "net.score.weight": array([1, 2], [3, 0]) };
  const y = resultOf(additiveAttention({ heads: 1 }), x, { set }).data;
  expect([...y].map((v) => Number(v.toFixed(6)))).toEqual([50, -2, 150, -4, 2500, 1]);
});

test("a head scores by the whole query, and multiplies its own numbers", () => {
  const x = array([1, 2, 2], [9, 1, 0, 2]);
  // The first head looks at the second number, the second at the first.
  const set = {
    ...plain,
    "net.score.weight": array([2, 2], [0, 100, 100, 0]),
    "net.score.bias": nothing,
  };
  const y = resultOf(additiveAttention({ heads: 2 }), x, { set }).data;
  expect([...y].map((v) => Number(v.toFixed(6)))).toEqual([0, 1, 0, 2]);
});

test("gradients are right", () => {
  const x = input("x", [2, 5, 4]);
  const { y, feeds, parameters } = apply((s) => additiveAttention({ heads: 2 })(x, s));
  expect(y.shape).toEqual([2, 5, 4]);
  const claims = claimsOf(sum(square(y)), [x, ...parameters]);
  const values = { ...feeds, x: noise([2, 5, 4], 4) };
  expect(gradientError({ claims, feeds: values }, 1)).toBeLessThan(1e-6);
});
