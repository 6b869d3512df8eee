import { describe, expect, test } from "vitest";
import { claimsOf, gradientError } from "../../../test/gradients.ts";
import { array, noise } from "../../../test/layers.ts";
import { input } from "../../engine/ir/leaves.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import { concat, mul, neg, reshape, square, sum, tanh, unstack } from "../../engine/ops/index.ts";
import { evaluate } from "../../engine/reference/evaluate.ts";
import { comassOf, dot, exteriorDerivativeOf, orthonormal, pairing } from "./form.ts";

const numbers = (t: Tensor, feeds: Parameters<typeof evaluate>[1]) =>
  Array.from(evaluate([t], feeds)[0]!.data);

const [a, b, c] = ["a", "b", "c"].map((name) => input(name, [2, 3])) as [Tensor, Tensor, Tensor];
const at = {
  a: array([2, 3], [1, 2, 3, 1, 0, 0]),
  b: array([2, 3], [0, 1, 4, 0, 2, 0]),
  c: array([2, 3], [5, 6, 0, 0, 0, 3]),
};

describe("pairing and comass", () => {
  const axes = [0, 1, 2].map((axis) => input(`e${axis}`, [2, 3]));
  const basis = Object.fromEntries(
    axes.map((_, axis) => [
      `e${axis}`,
      array(
        [2, 3],
        [0, 1, 2, 0, 1, 2].map((i) => +(i === axis)),
      ),
    ]),
  );

  test("three covectors on the basis: the determinant of the matrix they make", () => {
    // det [[1,2,3],[0,1,4],[5,6,0]] = 1·(0−24) − 2·(0−20) + 3·(0−5) = 1; the other is diag(1,2,3).
    expect(numbers(pairing([a, b, c], axes, 2), { ...at, ...basis })).toEqual([1, 6]);
  });

  test("no covectors pair to 1, one pairs by the inner product, two swap sign", () => {
    expect(numbers(pairing([], [], 2), {})).toEqual([1, 1]);
    expect(numbers(pairing([a], [b], 2), at)).toEqual([14, 0]);
    // 14·6 − 17·17 and 0·0 − 0·4.
    expect(numbers(pairing([a, b], [b, c], 2), at)).toEqual([-205, 0]);
    expect(numbers(pairing([b, a], [b, c], 2), at)).toEqual([205, 0]);
  });

  test("comass is a length for one covector, an area for two", () => {
    expect(numbers(comassOf([a], 2), at)[0]).toBeCloseTo(Math.sqrt(14), 6);
    // |(1,2,3) × (0,1,4)| = |(5,−4,1)|, and (1,0,0) × (0,2,0) = (0,0,2).
    const [first, second] = numbers(comassOf([a, b], 2), at);
    expect(first).toBeCloseTo(Math.sqrt(42), 6);
    expect(second).toBeCloseTo(2, 6);
  });
});

describe("exterior derivative", () => {
  const x = input("x", [2, 2]);
  const [v, w] = [input("v", [2, 2]), input("w", [2, 2])];
  const feeds = {
    x: array([2, 2], [0.3, -0.7, 1.1, 0.2]),
    v: array([2, 2], [1, 0, 0.6, 0.8]),
    w: array([2, 2], [0, 1, -0.8, 0.6]),
  };
  const parts = (items: Tensor) =>
    unstack(items, { axis: 1 }).map((t) => reshape(t, { shape: [2, 1] }));
  const turning = (items: Tensor) => {
    const [p, q] = parts(items);
    return [concat([neg(q!), p!], { axis: 1 })];
  };

  test("of −y dx + x dy is 2 dx∧dy, in any orthonormal frame", () => {
    const found = numbers(exteriorDerivativeOf(turning, x, [v, w]), feeds);
    for (const value of found) expect(value).toBeCloseTo(2, 12);
    for (const value of numbers(exteriorDerivativeOf(turning, x, [w, v]), feeds)) {
      expect(value).toBeCloseTo(-2, 12);
    }
  });

  test("of a gradient field is 0", () => {
    const gradient = (items: Tensor) => [mul(items, sum(square(items), { axes: [1], keep: true }))];
    for (const value of numbers(exteriorDerivativeOf(gradient, x, [v, w]), feeds)) {
      expect(value).toBeCloseTo(0, 12);
    }
  });

  test("of x dy∧dz in space is 1 on the basis", () => {
    const y = input("y", [1, 3]);
    const [dx, dy, dz] = ["dx", "dy", "dz"].map((name) => input(name, [1, 3]));
    const form = (items: Tensor) => [mul(dy!, sum(mul(items, dx!))), dz!];
    const fed = {
      y: array([1, 3], [0.4, 2, 3]),
      dx: array([1, 3], [1, 0, 0]),
      dy: array([1, 3], [0, 1, 0]),
      dz: array([1, 3], [0, 0, 1]),
    };
    expect(numbers(exteriorDerivativeOf(form, y, [dx!, dy!, dz!]), fed)).toEqual([1]);
    expect(numbers(exteriorDerivativeOf(form, y, [dy!, dx!, dz!]), fed)).toEqual([-1]);
  });

  test("differentiates again, by what the form is made of", () => {
    const k = input("k", [1, 2]);
    const form = (items: Tensor) => [mul(tanh(mul(turning(items)[0]!, k)), items)];
    const change = sum(square(exteriorDerivativeOf(form, x, [v, w])));
    const claims = claimsOf(change, [k, x]);
    const fed = { ...feeds, k: array([1, 2], [0.5, -1.2]) };
    expect(gradientError({ claims, feeds: fed }, 2)).toBeLessThan(1e-6);
  });
});

test("frames are orthonormal, and the first keeps its direction", () => {
  const drawn = input("drawn", [4, 3, 2, 3]);
  const feeds = { drawn: noise([4, 3, 2, 3], 4) };
  const frame = orthonormal(drawn);
  frame.forEach((u, i) => {
    frame.forEach((v, j) => {
      for (const value of numbers(dot(u, v), feeds)) expect(value).toBeCloseTo(+(i === j), 6);
    });
  });
  const along = numbers(dot(unstack(drawn, { axis: 1 })[0]!, frame[0]!), feeds);
  for (const value of along) expect(value).toBeGreaterThan(0);
});
