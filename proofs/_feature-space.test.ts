import { expect, test } from "vitest";
import { stream } from "../src/core/random.ts";
import { momentsOf } from "../src/metrics/feature-moments.ts";
import type { Rows } from "../src/metrics/metric.ts";
import { gaussianLike, swapClasses } from "./_feature-space.ts";

/** Four classes at the corners of a stretched simplex in 6 dimensions, unlike in shape. */
const labels = Int32Array.from({ length: 4000 }, (_, i) => i % 4);
const width = 6;
const noise = stream(0, "test/noise").normal(new Float64Array(labels.length * width));
const rows: Rows = {
  count: labels.length,
  width,
  data: noise.map((v, at) => {
    const [c, j] = [labels[Math.floor(at / width)]!, at % width];
    return (j + 1) * ((c === j ? 10 : 0) + (1 + c / 2) * v) + 3;
  }),
};

function classMean({ data }: Rows, c: number): number[] {
  const mean = Array<number>(width).fill(0);
  labels.forEach((label, i) => {
    if (label !== c) return;
    for (let j = 0; j < width; j++) mean[j]! += data[i * width + j]! / 1000;
  });
  return mean;
}

const apart = (a: number[], b: number[]) => Math.hypot(...a.map((v, j) => v - b[j]!));

test("classes change places in pairs, while mean and covariance stay to rounding", () => {
  const swapped = swapClasses(rows, labels, Uint32Array.of(0, 2, 3, 1));
  const [before, after] = [momentsOf(rows), momentsOf(swapped)];
  before.mean.forEach((v, j) => {
    expect(after.mean[j]).toBeCloseTo(v, 10);
  });
  before.covariance.forEach((v, k) => {
    expect(after.covariance[k]).toBeCloseTo(v, 8);
  });
  for (const [c, other] of [
    [0, 2],
    [2, 0],
    [1, 3],
    [3, 1],
  ] as const) {
    const now = classMean(swapped, c);
    // Means of classes lie 14 and more apart.
    expect(apart(now, classMean(rows, other))).toBeLessThan(2);
    expect(apart(now, classMean(rows, c))).toBeGreaterThan(10);
  }
});

test("one Gaussian has the mean and covariance of the rows, up to the noise of a sample", () => {
  const [before, after] = [momentsOf(rows), momentsOf(gaussianLike(rows, 1))];
  before.mean.forEach((v, j) => {
    const deviation = Math.sqrt(before.covariance[j * (width + 1)]!);
    expect(Math.abs(after.mean[j]! - v)).toBeLessThan(4 * (deviation / Math.sqrt(4000)));
    expect(after.covariance[j * (width + 1)]! / deviation ** 2).toBeCloseTo(1, 1);
  });
});
