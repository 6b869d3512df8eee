import { describe, expect, test } from "vitest";
import { bestCurve, bestOf, bestOfResampled, paretoFront } from "./budget.ts";

describe("the best of a budget", () => {
  test("by hand: two of 1, 2, 6 with replacement", () => {
    // Nine pairs: five have a 1, three of the rest a 2, one is (6, 6).
    const { mean, interval } = bestOf([6, 1, 2], 2, "lower");
    expect(mean).toBeCloseTo((5 * 1 + 3 * 2 + 1 * 6) / 9, 12);
    expect(interval).toEqual([1, 6]);
    expect(bestOf([6, 1, 2], 2, "higher").mean).toBeCloseTo((5 * 6 + 3 * 2 + 1) / 9, 12);
  });

  test("one draw: the mean; very many: the best", () => {
    expect(bestOf([6, 1, 2], 1, "lower").mean).toBeCloseTo(3, 12);
    expect(bestOf([6, 1, 2], 10_000, "lower").mean).toBeCloseTo(1, 12);
  });

  test("failures are infinitely bad, until one draw is sure not to fail", () => {
    expect(bestOf([1, Number.POSITIVE_INFINITY], 3, "lower").mean).toBe(Number.POSITIVE_INFINITY);
    expect(bestOf([1, Number.POSITIVE_INFINITY], 3, "lower").interval[0]).toBe(1);
  });

  test("agrees with resampling", () => {
    const scores = [3, 8, 1.5, 4, 4, 12, 7, 2];
    for (const budget of [1, 3, 8]) {
      const exact = bestOf(scores, budget, "lower");
      const { mean, interval } = bestOfResampled(scores, budget, "lower", {
        seed: 1,
        resamples: 8000,
      });
      expect(Math.abs(mean - exact.mean)).toBeLessThan(0.1);
      expect(interval).toEqual(exact.interval);
    }
  });

  test("the standard error of one draw is that of a mean", () => {
    const { standardError } = bestOfResampled([0, 0, 1, 1], 1, "lower", { seed: 2 });
    // √(¼/4)
    expect(standardError).toBeGreaterThan(0.22);
    expect(standardError).toBeLessThan(0.28);
  });

  test("the curve falls with the budget", () => {
    const means = bestCurve([3, 8, 1, 4], [1, 2, 4, 8], "lower").map(({ mean }) => mean);
    expect(means).toEqual([...means].sort((a, b) => b - a));
    expect(means[0]).toBeCloseTo(4, 12);
  });

  test("what cannot be asked is refused", () => {
    expect(() => bestOf([], 1, "lower")).toThrow(/METRIC_INPUT/);
    expect(() => bestOf([Number.NaN], 1, "lower")).toThrow(/METRIC_INPUT/);
    expect(() => bestOf([1], 1.5, "lower")).toThrow(/METRIC_INPUT/);
  });
});

describe("the Pareto front", () => {
  const points = [
    { id: "cheap", fid: 9, ms: 1 },
    { id: "good", fid: 2, ms: 9 },
    { id: "both", fid: 3, ms: 3 },
    { id: "beaten", fid: 3, ms: 4 },
    { id: "twin", fid: 3, ms: 3 },
  ];
  test("by hand: what another beats in both is dropped, twins stay", () => {
    const front = paretoFront(points, ({ fid, ms }) => [fid, ms], ["lower", "lower"]);
    expect(front.map(({ id }) => id)).toEqual(["cheap", "good", "both", "twin"]);
  });

  test("higher may be better", () => {
    const front = paretoFront(points, ({ fid, ms }) => [fid, ms], ["lower", "higher"]);
    expect(front.map(({ id }) => id)).toEqual(["good"]);
  });
});
