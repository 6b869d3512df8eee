import { expect, test } from "vitest";
import { claimsOf, gradientError } from "../../test/gradients.ts";
import { apply, array, noise, resultOf } from "../../test/layers.ts";
import { input } from "../engine/ir/leaves.ts";
import { square, sum } from "../engine/ops/index.ts";
import { additiveAttention } from "./additive-attention.ts";

const identity = array([2, 2], [1, 0, 0, 1]);
const plain = {
  "net.query.weight": identity,
  "net.value.weight": identity,
  "net.out.weight": identity,
  "net.out.bias": array([2], [0, 0]),
};

test("without scores every token is multiplied by the mean of all", () => {
  const x = array([1, 3, 2], [1, 2, 3, 4, 5, 0]);
  const set = { ...plain, "net.score.weight": array([1, 2], [0, 0]) };
  const y = resultOf(additiveAttention({ heads: 1 }), x, { set }).data;
  expect([...y].map((v) => Number(v.toFixed(9)))).toEqual([3, 4, 9, 8, 15, 0]);
});

test("a token that scores far above the others is what all are multiplied by", () => {
  const x = array([1, 3, 2], [1, 2, 3, 4, 50, -1]);
  const set = { ...plain, "net.score.weight": array([1, 2], [3, 0]) };
  const y = resultOf(additiveAttention({ heads: 1 }), x, { set }).data;
  expect([...y].map((v) => Number(v.toFixed(6)))).toEqual([50, -2, 150, -4, 2500, 1]);
});

test("heads do not mix before the last map, and gradients are right", () => {
  const x = input("x", [2, 5, 4]);
  const { y, feeds, parameters } = apply((s) => additiveAttention({ heads: 2 })(x, s));
  expect(y.shape).toEqual([2, 5, 4]);
  const claims = claimsOf(sum(square(y)), [x, ...parameters]);
  const values = { ...feeds, x: noise([2, 5, 4], 4) };
  expect(gradientError({ claims, feeds: values }, 1)).toBeLessThan(1e-6);
});
