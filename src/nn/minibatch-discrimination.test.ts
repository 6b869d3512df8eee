import { expect, test } from "vitest";
import { array, layerError, noise, resultOf } from "../../test/layers.ts";
import { minibatchDiscrimination } from "./minibatch-discrimination.ts";

const layer = minibatchDiscrimination({ kernels: 2, dimensions: 2 });

test("features go first, then Σⱼ exp(−‖Mᵢ − Mⱼ‖₁) of each kernel, the item itself with it", () => {
  // M = f·T with T the identity for kernel 0, and twice the first feature for kernel 1.
  const set = { "net.projection.weight": array([4, 2], [1, 0, 0, 1, 2, 0, 0, 0]) };
  const x = array([3, 2], [0, 0, 1, 0, 1, 3]);
  const y = resultOf(layer, x, { set });
  expect(y.shape).toEqual([3, 4]);
  const e = Math.exp;
  // L1 distances of kernel 0: 0–1: 1, 0–2: 4, 1–2: 3; of kernel 1: 2, 2, 0.
  const expected = [
    ...[0, 0, 1 + e(-1) + e(-4), 1 + 2 * e(-2)],
    ...[1, 0, 1 + e(-1) + e(-3), 2 + e(-2)],
    ...[1, 3, 1 + e(-4) + e(-3), 2 + e(-2)],
  ];
  expected.forEach((v, i) => {
    expect(y.data[i]).toBeCloseTo(v, 12);
  });
});

test("a batch of one item repeated has the largest statistics there are", () => {
  const y = resultOf(layer, array([3, 2], [1, 2, 1, 2, 1, 2]));
  for (const row of [0, 1, 2]) {
    expect(Array.from(y.data.slice(4 * row + 2, 4 * row + 4))).toEqual([3, 3]);
  }
});

test("sharpness multiplies distances, height is the statistic of one item repeated", () => {
  const shaped = minibatchDiscrimination({ kernels: 1, dimensions: 2, sharpness: 3, height: 4 });
  const set = { "net.projection.weight": array([2, 2], [1, 0, 0, 1]) };
  const y = resultOf(shaped, array([2, 2], [0, 0, 0.25, 0.5]), { set });
  const o = 2 * (1 + Math.exp(-3 * 0.75));
  [0, 0, o, 0.25, 0.5, o].forEach((v, i) => {
    expect(y.data[i]).toBeCloseTo(v, 12);
  });
  expect(resultOf(shaped, array([3, 1], [1, 1, 1])).data[1]).toBe(4);
  expect(layerError(shaped, noise([4, 3]))).toBeLessThan(1e-6);
});

test("maps are flattened; gradients match central differences, twice", () => {
  expect(resultOf(layer, noise([2, 3, 2, 2])).shape).toEqual([2, 14]);
  expect(layerError(layer, noise([4, 3]))).toBeLessThan(1e-6);
});
