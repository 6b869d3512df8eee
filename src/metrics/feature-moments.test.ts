import { describe, expect, test } from "vitest";
import { stream } from "../core/random.ts";
import {
  type FeatureMoments,
  mergeMoments,
  momentsAccumulator,
  momentsOf,
} from "./feature-moments.ts";
import type { Rows } from "./metric.ts";

const normals = (count: number, width: number, shift = 0): Rows => ({
  count,
  width,
  data: stream(1, "rows")
    .normal(new Float64Array(count * width))
    .map((v) => v + shift),
});

const slice = ({ width, data }: Rows, from: number, to: number): Rows => ({
  count: to - from,
  width,
  data: data.subarray(from * width, to * width),
});

/** By the definition, in two passes. */
function direct({ count, width, data }: Rows, weights = new Array<number>(count).fill(1)) {
  const sum = (of: (row: number) => number) => weights.reduce((s, _, row) => s + of(row), 0);
  const total = sum((row) => weights[row]!);
  const at = (row: number, j: number) => data[row * width + j]!;
  const mean = Array.from({ length: width }, (_, j) => sum((r) => weights[r]! * at(r, j)) / total);
  const divisor = total - sum((row) => weights[row]! ** 2) / total;
  const covariance = mean.flatMap((a, i) =>
    mean.map((b, j) => sum((r) => weights[r]! * (at(r, i) - a) * (at(r, j) - b)) / divisor),
  );
  return { mean, covariance };
}

function expectNear(got: Float64Array, want: readonly number[], tolerance: number): void {
  expect(got.length).toBe(want.length);
  want.forEach((value, i) => {
    expect(Math.abs(got[i]! - value)).toBeLessThan(tolerance);
  });
}

test("by hand, divided by n − 1", () => {
  const moments = momentsOf({ count: 3, width: 2, data: Float32Array.of(0, 1, 1, 3, 5, 2) });
  expect([...moments.mean]).toEqual([2, 2]);
  expect([...moments.covariance]).toEqual([7, 0.5, 0.5, 1]);
  expect(moments).toMatchObject({ count: 3, width: 2 });
});

describe("streaming", () => {
  const rows = normals(700, 5, 3);
  const whole = momentsOf(rows);

  test("agrees with the definition", () => {
    const { mean, covariance } = direct(rows);
    expectNear(whole.mean, mean, 1e-13);
    expectNear(whole.covariance, covariance, 1e-13);
  });

  test("does not depend on the batches, to the last bit", () => {
    const sums = momentsAccumulator(5);
    for (const [from, to] of [
      [0, 1],
      [1, 255],
      [255, 257],
      [257, 699],
      [699, 700],
    ] as const) {
      sums.add(slice(rows, from, to));
    }
    expect(sums.finish()).toEqual(whole);
  });

  test("takes more rows after finishing", () => {
    const sums = momentsAccumulator(5);
    sums.add(slice(rows, 0, 300));
    const first: FeatureMoments = sums.finish();
    sums.add(slice(rows, 300, 700));
    expectNear(sums.finish().covariance, [...whole.covariance], 1e-13);
    expect(first).toEqual(momentsOf(slice(rows, 0, 300)));
  });

  test("merges two sets", () => {
    const merged = mergeMoments(momentsOf(slice(rows, 0, 90)), momentsOf(slice(rows, 90, 700)));
    expect(merged.count).toBe(700);
    expectNear(merged.mean, [...whole.mean], 1e-13);
    expectNear(merged.covariance, [...whole.covariance], 1e-13);
  });
});

test("a mean far above the spread costs no digits", () => {
  const { data } = normals(400, 2);
  const far = momentsOf({ count: 400, width: 2, data: data.map((v) => Math.round(v * 1e3) + 1e9) });
  const near = momentsOf({ count: 400, width: 2, data: data.map((v) => Math.round(v * 1e3)) });
  far.covariance.forEach((value, i) => {
    expect(Math.abs(value - near.covariance[i]!)).toBeLessThan(1e-6);
  });
});

test("weights as np.cov's aweights; whole ones of 1 and 0 choose rows", () => {
  const rows = normals(300, 3);
  const weights = Array.from({ length: 300 }, (_, i) => ((i * 7) % 11) / 10);
  const { mean, covariance } = direct(rows, weights);
  const weighted = momentsOf(rows, weights);
  expectNear(weighted.mean, mean, 1e-13);
  expectNear(weighted.covariance, covariance, 1e-13);
  const first = momentsOf(
    rows,
    Array.from({ length: 300 }, (_, i) => Number(i < 100)),
  );
  expectNear(first.covariance, [...momentsOf(slice(rows, 0, 100)).covariance], 1e-13);
});

test("a constant feature has a variance of exactly 0", () => {
  const data = normals(600, 2).data.map((v, i) => (i % 2 === 0 ? 0.1 : v));
  const { covariance, mean } = momentsOf({ count: 600, width: 2, data });
  expect([covariance[0], covariance[1], mean[0]]).toEqual([0, 0, 0.1]);
  expect(covariance[3]).toBeGreaterThan(0.5);
});

describe("refuses", () => {
  test.each([Number.NaN, Number.POSITIVE_INFINITY])("%s, naming row and column", (bad) => {
    const sums = momentsAccumulator(3);
    sums.add(normals(4, 3));
    const { data } = normals(4, 3);
    data[7] = bad;
    expect(() => sums.add({ count: 4, width: 3, data })).toThrow(
      /row 6, column 1.*METRIC_INPUT.*finite numbers, got (NaN|Infinity)/,
    );
  });

  test("another width, and fewer than two rows", () => {
    const sums = momentsAccumulator(3);
    expect(() => sums.add(normals(4, 2))).toThrow(/METRIC_INPUT.*rows of 3 features.*rows of 2/);
    expect(() => sums.finish()).toThrow(/METRIC_INPUT.*got 0 rows/);
    sums.add(normals(1, 3));
    expect(() => sums.finish()).toThrow(/METRIC_INPUT.*got 1 row;/);
  });
});
