import { describe, expect, test } from "vitest";
import { stream } from "../core/random.ts";
import type { Rows } from "./metric.ts";
import { anglesOf, bestF, curveFromHistograms, curveFromScores } from "./pr-curve.ts";
import { histogramCurve } from "./scores/prd.ts";

describe("curves of histograms", () => {
  test("one mode dropped, one invented: α = min by hand, ends at (1/2, 2/3)", () => {
    const [p, q] = [
      [1 / 3, 1 / 3, 1 / 3, 0],
      [1 / 4, 1 / 4, 0, 1 / 2],
    ];
    const { precision, recall } = curveFromHistograms(p, q, Float64Array.of(0.3, 0.75, 3));
    expect([...precision]).toEqual([0.2, 0.5, 0.5].map((v) => expect.closeTo(v, 12)));
    expect([...recall]).toEqual([2 / 3, 2 / 3, 1 / 6].map((v) => expect.closeTo(v, 12)));
    const whole = curveFromHistograms(p, q);
    expect(Math.max(...whole.precision)).toBeCloseTo(0.5, 9);
    expect(Math.max(...whole.recall)).toBeCloseTo(2 / 3, 9);
  });

  test("equal: every F is 1; disjoint: every F is 0", () => {
    const same = curveFromHistograms([0.3, 0.7], [0.3, 0.7]);
    const apart = curveFromHistograms([1, 0], [0, 1]);
    for (const beta of [1 / 8, 1, 8]) {
      expect(bestF(same, beta)).toBeCloseTo(1, 9);
      expect(bestF(apart, beta)).toBe(0);
    }
  });

  test("F₈ follows recall and F₁⸝₈ precision", () => {
    // All fakes right, half of the data missing.
    const half = curveFromHistograms([0.5, 0.5], [1, 0]);
    expect(bestF(half, 8)).toBeCloseTo((65 * 0.5) / (64 + 0.5), 3);
    expect(bestF(half, 1 / 8)).toBeCloseTo(((65 / 64) * 0.5) / (1 / 64 + 0.5), 3);
  });
});

describe("curves of scores", () => {
  test("discrete scores with the likelihood ratio's order give the histogram's curve", () => {
    // Cells 0 … 3 with p = (0, 1, 3, 4)/8, q = (4, 2, 2, 0)/8.
    const [real, fake] = [
      [1, 2, 2, 2, 3, 3, 3, 3],
      [0, 0, 0, 0, 1, 1, 2, 2],
    ];
    const scored = curveFromScores(real, fake);
    const exact = curveFromHistograms([0, 1 / 8, 3 / 8, 1 / 2], [1 / 2, 1 / 4, 1 / 4, 0]);
    scored.precision.forEach((v, i) => {
      expect(v).toBeCloseTo(exact.precision[i]!, 12);
      expect(scored.recall[i]).toBeCloseTo(exact.recall[i]!, 9);
    });
  });

  test("N(0,1) against N(1,1) by its own likelihood ratio: 2Φ(−1/2) at λ = 1", () => {
    const real = stream(1, "p")
      .normal(new Float64Array(40_000))
      .map((v) => -v);
    const fake = stream(1, "q")
      .normal(new Float64Array(40_000))
      .map((v) => -1 - v);
    const { precision } = curveFromScores(real, fake, Float64Array.of(1));
    expect(Math.abs(precision[0]! - 0.617075)).toBeLessThan(0.012);
  });

  test("scores that say nothing: α = min(λ, 1), the curve of equal distributions", () => {
    const { precision } = curveFromScores([5, 5], [5, 5, 5], Float64Array.of(0.25, 1, 4));
    expect([...precision]).toEqual([0.25, 1, 1]);
  });
});

test("histogramCurve: separate groups give the exact curve of their weights", () => {
  const groups = (weights: readonly number[], name: string): Rows => {
    const noise = stream(2, name).normal(new Float64Array(2000));
    const at = weights.flatMap((w, g) => Array<number>(w).fill(10 * g));
    const data = noise.map((v, i) => 0.05 * v + (i % 2 === 0 ? at[i / 2]! : 0));
    return { count: 1000, width: 2, data };
  };
  const real = groups([400, 400, 200, 0], "r");
  const fake = groups([400, 100, 0, 500], "f");
  const lambdas = anglesOf(21);
  const found = histogramCurve(real, fake, { seed: 0, clusters: 4, lambdas });
  const exact = curveFromHistograms([0.4, 0.4, 0.2, 0], [0.4, 0.1, 0, 0.5], lambdas);
  found.precision.forEach((v, i) => {
    expect(v).toBeCloseTo(exact.precision[i]!, 12);
    expect(found.recall[i]).toBeCloseTo(exact.recall[i]!, 9);
  });
  expect(() => histogramCurve(real, real, { seed: 0, clusters: 1001 })).toThrow("METRIC_INPUT");
});
