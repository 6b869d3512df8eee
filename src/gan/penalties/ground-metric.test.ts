import { expect, test } from "vitest";
import { tinyDuel } from "../../../test/duel.ts";
import { noise } from "../../../test/layers.ts";
import { input } from "../../engine/ir/leaves.ts";
import { evaluate } from "../../engine/reference/evaluate.ts";
import { groundMetric, transportNorm } from "./ground-metric.ts";

const picture = (shape: number[], values: number[]) => ({
  shape,
  dtype: "f32" as const,
  data: Float64Array.from(values),
});

/** ‖slope‖_W² of one 2x2 picture, both row by row. */
function norm2x2(slope: number[], pixels: number[], mass = 0): number {
  const shape = [1, 1, 2, 2];
  const value = transportNorm(input("slope", shape), input("x", shape), mass);
  const feeds = { slope: picture(shape, slope), x: picture(shape, pixels) };
  return evaluate([value], feeds)[0]!.data[0]!;
}

test("by hand: each pair of neighbours weighs as much as its light", () => {
  // u = (1, 0, ½, 0): pairs 12: (1−3)²·1, 34: (2−5)²·½, 13: (1−2)²·1½, 24: (3−5)²·0.
  expect(norm2x2([1, 3, 2, 5], [1, -1, 0, -1])).toBeCloseTo(4 + 4.5 + 1.5, 12);
});

test("a black picture and a flat slope cost nothing but mass", () => {
  expect(norm2x2([1, 3, 2, 5], [-1, -1, -1, -1])).toBe(0);
  expect(norm2x2([3, 3, 3, 3], [1, 1, 0, -1])).toBe(0);
  // 0.5·(2/4)·12²
  expect(norm2x2([3, 3, 3, 3], [1, 1, 0, -1], 0.5)).toBeCloseTo(36, 12);
});

test("darker than black is black", () => {
  const black = norm2x2([1, 3, 2, 5], [1, -1, 0, -1]);
  expect(norm2x2([1, 3, 2, 5], [1, -7, 0, -1])).toBeCloseTo(black, 12);
});

test("the definition, pixel by pixel, on two pictures of three channels", () => {
  const shape = [2, 3, 5, 4];
  const [n, c, h, w] = shape as [number, number, number, number];
  const feeds = { slope: noise(shape, 1), x: noise(shape, 2) };
  const value = transportNorm(input("slope", shape), input("x", shape), 0.3);
  const [found] = evaluate([value], feeds);
  const at = (i: number, k: number, y: number, x: number) => ((i * c + k) * h + y) * w + x;
  const light = (p: number) => Math.max(0, (feeds.x.data[p]! + 1) / 2);
  for (let i = 0; i < n; i++) {
    let expected = 0;
    let total = 0;
    const pair = (p: number, q: number) => {
      const rise = feeds.slope.data[p]! - feeds.slope.data[q]!;
      expected += rise ** 2 * (light(p) + light(q));
    };
    for (let k = 0; k < c; k++)
      for (let y = 0; y < h; y++)
        for (let x = 0; x < w; x++) {
          if (x + 1 < w) pair(at(i, k, y, x), at(i, k, y, x + 1));
          if (y + 1 < h) pair(at(i, k, y, x), at(i, k, y + 1, x));
          total += feeds.slope.data[at(i, k, y, x)]!;
        }
    expected += (0.3 * 2 * total ** 2) / (c * h * w);
    expect(found!.data[i]).toBeCloseTo(expected, 9);
  }
});

test("points are refused, with a code; the factory says what it is for", () => {
  expect(() => groundMetric().apply(tinyDuel([2]).duel, {})).toThrow(/ground-metric\] ITEMS/);
  expect(groundMetric.items).toBe("image");
});
