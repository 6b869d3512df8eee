import { expect, test } from "vitest";
import { array, layerError, noise, resultOf } from "../../test/layers.ts";
import { gaussianNoise } from "./gaussian-noise.ts";

const flat = (shape: readonly number[]) =>
  array(shape, new Float64Array(shape.reduce((a, b) => a * b, 1)).fill(3));
const mean = (v: ArrayLike<number>) => Array.from(v).reduce((a, b) => a + b, 0) / v.length;

test.each([false, true])(
  "in training: mean, deviation and kurtosis of a normal around x, odd sizes too; tabled %s",
  (tabled) => {
    const { data } = resultOf(gaussianNoise(0.5, { tabled }), flat([101, 99]));
    const z = Array.from(data, (v) => (v - 3) / 0.5);
    expect(mean(z)).toBeCloseTo(0, 1);
    expect(mean(z.map((v) => v ** 2))).toBeCloseTo(1, 1);
    expect(mean(z.map((v) => v ** 4))).toBeGreaterThan(2.7);
    expect(mean(z.map((v) => v ** 4))).toBeLessThan(3.3);
    // Cosines and sines of one angle are uncorrelated.
    const half = Math.ceil(z.length / 2);
    expect(Math.abs(mean(z.slice(half).map((v, i) => v * z[i]!)))).toBeLessThan(0.05);
  },
);

test("in use, and at deviation 0, it is x", () => {
  const x = noise([3, 4]);
  expect(resultOf(gaussianNoise(0.5), x, { training: false })).toEqual(x);
  expect(resultOf(gaussianNoise(0), x)).toEqual(x);
});

test("the gradient is that of x", () => {
  expect(layerError(gaussianNoise(0.5), noise([2, 3]))).toBeLessThan(1e-6);
});

test("a table's noise is new at each step, and drawn from all of the table", () => {
  const layer = gaussianNoise(1, { tabled: true });
  const drawn = (seed: number) => resultOf(layer, flat([4, 6400]), { seed }).data;
  expect(drawn(1)).not.toEqual(drawn(2));
  const once = drawn(1);
  const pieces = new Set(Array.from({ length: 400 }, (_, i) => once[64 * i]));
  // 400 of 2048 with replacement: 363 are expected to differ.
  expect(pieces.size).toBeGreaterThan(330);
  expect(pieces.size).toBeLessThan(395);
});
