import { describe, expect, test } from "vitest";
import { array, layerError, noise, resultOf } from "../../test/layers.ts";
import { groupNorm } from "./group-norm.ts";
import { instanceNorm } from "./instance-norm.ts";
import { layerNorm } from "./layer-norm.ts";
import type { Layer } from "./module.ts";
import { pixelNorm } from "./pixel-norm.ts";

const x = noise([2, 4, 3, 2]);
const statistics = (v: number[]) => {
  const mean = v.reduce((a, b) => a + b, 0) / v.length;
  return { mean, std: Math.sqrt(v.reduce((a, b) => a + (b - mean) ** 2, 0) / v.length + 1e-5) };
};

test("two groups: each item's halves by their own statistics, then gain and bias per channel", () => {
  const set = { "net.weight": array([4], [1, 2, 3, 4]), "net.bias": array([4], [5, 6, 7, 8]) };
  const y = resultOf(groupNorm(2), x, { set });
  expect(y.shape).toEqual(x.shape);
  for (let half = 0; half < 4; half++) {
    const part = [...x.data.slice(half * 12, half * 12 + 12)];
    const { mean, std } = statistics(part);
    part.forEach((v, i) => {
      const c = (half % 2) * 2 + Math.floor(i / 6);
      expect(y.data[half * 12 + i]).toBeCloseTo(((v - mean) / std) * (c + 1) + c + 5, 12);
    });
  }
});

const same = (a: Layer, b: Layer) => {
  const [left, right] = [resultOf(a, x), resultOf(b, x)];
  expect(left.shape).toEqual(right.shape);
  left.data.forEach((v, i) => {
    expect(v).toBeCloseTo(right.data[i]!, 12);
  });
};

test("one group is layer norm over c, h, w", () => same(groupNorm(1), layerNorm()));
test("a group a channel is instance norm", () => same(groupNorm(4), instanceNorm()));

test("layer norm over the last axis, gain and bias by element", () => {
  const set = { "net.weight": array([2], [1, 3]), "net.bias": array([2], [0, 1]) };
  const y = resultOf(layerNorm({ axes: [-1] }), array([2, 2], [1, 3, 5, 5]), { set });
  const scaled = 1 / Math.sqrt(1 + 1e-5);
  [-scaled, 3 * scaled + 1, 0, 1].forEach((v, i) => {
    expect(y.data[i]).toBeCloseTo(v, 12);
  });
});

test("pixel norm makes each pixel √c long", () => {
  const y = resultOf(pixelNorm(), x);
  let length = 0;
  for (let c = 0; c < 4; c++) length += y.data[c * 6 + 1]! ** 2;
  expect(length).toBeCloseTo(4, 6);
});

describe("derivatives to second order", () => {
  test.each<[string, Layer]>([
    ["groupNorm", groupNorm(2)],
    ["instanceNorm", instanceNorm({ affine: true })],
    ["layerNorm", layerNorm()],
    ["layerNorm without affine", layerNorm({ affine: false })],
    ["pixelNorm", pixelNorm()],
  ])("%s", (_, layer) => {
    expect(layerError(layer, noise([2, 4, 2, 1]))).toBeLessThan(1e-6);
  });
});
