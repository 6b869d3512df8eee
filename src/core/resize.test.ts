import { expect, test } from "vitest";
import { type Filter, filters } from "./resample.ts";
import { makeResizer } from "./resize.ts";

type Size = readonly [number, number];
function resized(values: readonly number[], from: Size, to: Size, filter: Filter): number[] {
  const out = new Float32Array(to[0] * to[1]);
  makeResizer(from, to, filter)(Float32Array.from(values), out);
  return Array.from(out);
}
const close = (got: readonly number[], wanted: readonly number[]) => {
  expect(got.length).toBe(wanted.length);
  for (const [i, v] of wanted.entries()) expect(Math.abs(got[i]! - v)).toBeLessThan(1e-6);
};

test.each(filters)("%s at the same size changes no bit", (filter) => {
  const values = Array.from({ length: 35 }, (_, i) => Math.fround(Math.sin(i) / 3));
  expect(resized(values, [5, 7], [5, 7], filter)).toEqual(values);
});

test.each(filters)("%s keeps a constant image, smaller and larger", (filter) => {
  const values = new Array(48).fill(0.7);
  close(resized(values, [6, 8], [3, 5], filter), new Array(15).fill(0.7));
  close(resized(values, [6, 8], [13, 9], filter), new Array(117).fill(0.7));
});

test("bilinear 2 → 4: quarters, the edges as they are", () => {
  close(resized([0, 4], [1, 2], [1, 4], "bilinear"), [0, 1, 3, 4]);
});

test("bilinear in both directions: the outer product of the two", () => {
  const wanted = [0, 1, 3, 4].flatMap((y) => [0, 1, 3, 4].map((x) => 2 * y + x));
  close(resized([0, 4, 8, 12], [2, 2], [4, 4], "bilinear"), wanted);
});

test("area 4 → 2: means of pairs; 3 → 2: the middle is shared", () => {
  close(resized([1, 3, 5, 9], [1, 4], [1, 2], "area"), [2, 7]);
  close(resized([1, 4, 7], [1, 3], [1, 2], "area"), [2, 6]);
});

test("nearest 4 → 2 takes every other, as PyTorch does", () => {
  close(resized([1, 2, 3, 4], [1, 4], [1, 2], "nearest"), [1, 3]);
});

// A triangle of half-width 2 about 1 and 3: weights ¼·½·{…} → (3,3,1)/7 at the edges.
test("antialiased bilinear 4 → 2: the widened triangle, cut at the edge", () => {
  const [a, b, c, d] = [1, 2, 4, 8];
  const wanted = [(3 * a + 3 * b + c) / 7, (b + 3 * c + 3 * d) / 7];
  close(resized([a, b, c, d], [1, 4], [1, 2], "bilinear-antialias"), wanted);
});

// Keys with a = −½ at distances ¼, ¾, 5/4, 7/4: 111/128, 29/128, −9/128, −3/128.
test("bicubic 2 → 4 upwards: Keys' weights, renormalised at the edge", () => {
  const [near, far, next, last] = [111 / 128, 29 / 128, -9 / 128, -3 / 128];
  const values = [0, 0, 1, 0, 0, 0];
  const out = resized(values, [1, 6], [1, 12], "bicubic-antialias");
  // Output 4 lies at input 1.75, output 5 at 2.25: pixel 2 is ¼ away from both.
  close(out.slice(3, 8), [far, near, near, far, next]);
  expect(out[8]).toBeCloseTo(last, 6);
});

test("a height alone: columns stay bit for bit", () => {
  close(resized([1, 10, 3, 30], [2, 2], [4, 2], "bilinear"), [1, 10, 1.5, 15, 2.5, 25, 3, 30]);
});
