import { describe, expect, test } from "vitest";
import { stream } from "../core/random.ts";
import { bootstrap, quantileOf, spread, wilson } from "./bootstrap.ts";
import { ranks, spearman } from "./rank.ts";

const meanAt = (values: Float64Array) => (at: Uint32Array) =>
  at.reduce((sum, i) => sum + values[i]!, 0) / at.length;

describe("bootstrap", () => {
  test("of a mean: the standard error is deviation/√n, the interval ± 1.96 of them", () => {
    const values = stream(1, "test").normal(new Float64Array(400));
    const { mean, standardError } = spread(values);
    const found = bootstrap([400], meanAt(values), { seed: 3, resamples: 4000 });
    expect(Math.abs(found.standardError / standardError - 1)).toBeLessThan(0.04);
    expect(Math.abs((found.interval[0] - mean) / standardError + 1.96)).toBeLessThan(0.12);
    expect(Math.abs((found.interval[1] - mean) / standardError - 1.96)).toBeLessThan(0.12);
  });

  test("covers the true mean in about 95 of 100 samples", () => {
    const covered = Array.from({ length: 300 }, (_, s) => {
      const values = stream(s, "cover").normal(new Float64Array(80));
      const { interval } = bootstrap([80], meanAt(values), { seed: s, resamples: 300 });
      return interval[0] <= 0 && 0 <= interval[1] ? 1 : 0;
    });
    const share = covered.reduce<number>((a, b) => a + b, 0) / 300;
    expect(share).toBeGreaterThan(0.9);
    expect(share).toBeLessThan(0.985);
  });

  test("two samples are drawn independently, and a seed repeats", () => {
    const a = stream(1, "a").normal(new Float64Array(200));
    const b = stream(1, "b").normal(new Float64Array(100));
    const gap = (i: Uint32Array, j: Uint32Array) => meanAt(a)(i) - meanAt(b)(j);
    const found = bootstrap([200, 100], gap, { seed: 5, resamples: 3000 });
    const expected = Math.hypot(spread(a).standardError, spread(b).standardError);
    expect(Math.abs(found.standardError / expected - 1)).toBeLessThan(0.05);
    expect(bootstrap([200, 100], gap, { seed: 5, resamples: 3000 })).toEqual(found);
    expect(bootstrap([200, 100], gap, { seed: 6, resamples: 3000 })).not.toEqual(found);
  });

  test("a figure that is not finite is an error", () => {
    expect(() => bootstrap([2], () => Number.NaN, { seed: 0 })).toThrow("METRIC_DEGENERATE");
  });
});

test("spread by hand: 1, 2, 3, 4", () => {
  const { mean, deviation, standardError } = spread([1, 2, 3, 4]);
  expect(mean).toBe(2.5);
  expect(deviation).toBeCloseTo(Math.sqrt(5 / 3), 14);
  expect(standardError).toBeCloseTo(Math.sqrt(5 / 12), 14);
  expect(spread([7])).toEqual({ mean: 7, deviation: 0, standardError: 0 });
});

test("quantiles are linear between neighbours", () => {
  expect([0, 0.25, 0.5, 0.9, 1].map((q) => quantileOf([1, 2, 3, 5], q))).toEqual([
    1,
    1.75,
    2.5,
    expect.closeTo(4.4, 12),
    5,
  ]);
});

test("Wilson's interval: textbook values, never beyond [0, 1]", () => {
  // R: prop.test(8, 10, correct = FALSE) gives 0.4901625 to 0.9433178.
  expect(wilson(8, 10)[0]).toBeCloseTo(0.4901625, 6);
  expect(wilson(8, 10)[1]).toBeCloseTo(0.9433178, 6);
  expect(wilson(0, 10)[0]).toBe(0);
  expect(wilson(0, 10)[1]).toBeCloseTo(0.2775328, 6);
  expect(wilson(10, 10)[1]).toBeCloseTo(1, 12);
  expect(wilson(10, 10)[1]).toBeLessThanOrEqual(1);
});

describe("rank correlation", () => {
  test("ties share the mean of their ranks", () => {
    expect([...ranks([10, 30, 20, 20, 5])]).toEqual([2, 5, 3.5, 3.5, 1]);
  });

  test("any monotone relation is ±1", () => {
    expect(spearman([1, 2, 3, 4], [1, 10, 100, 1e9])).toBeCloseTo(1, 14);
    expect(spearman([1, 2, 3, 4], [3, 2, 1, 0])).toBeCloseTo(-1, 14);
  });

  test("by hand: 1 − 6Σd²/(n(n² − 1)) without ties, Pearson of mean ranks with them", () => {
    expect(spearman([1, 2, 3, 4, 5], [2, 1, 4, 3, 5])).toBeCloseTo(1 - (6 * 4) / (5 * 24), 14);
    // Ranks 1.5 1.5 3 against 1 2 3: covariance 1.5, variances 1.5 and 2.
    expect(spearman([0, 0, 9], [1, 2, 3])).toBeCloseTo(1.5 / Math.sqrt(3), 14);
  });

  test("constant, short or broken lists are errors", () => {
    expect(() => spearman([1, 1, 1], [1, 2, 3])).toThrow("METRIC_DEGENERATE");
    expect(() => spearman([1], [1])).toThrow("METRIC_INPUT");
    expect(() => spearman([1, 2], [1, Number.NaN])).toThrow("METRIC_INPUT");
    expect(() => spearman([1, 2], [1, 2, 3])).toThrow("METRIC_INPUT");
  });
});
