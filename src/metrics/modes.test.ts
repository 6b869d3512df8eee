import { describe, expect, test } from "vitest";
import { gaussianMixture, grid } from "../data/gaussians.ts";
import { modeReport } from "./modes.ts";

/** Two centres on the line, σ = 1. */
const pair = { modes: [[0], [10]], sigma: 1 };

describe("modeReport", () => {
  test("within three deviations counts, its edge included, beyond does not", () => {
    const report = modeReport(Float64Array.of(0, 3, -3.01, 7.5, 5.1), pair);
    expect(report.perMode).toEqual([2, 1]);
    expect(report.hit).toBe(2);
    expect(report.highQuality).toBeCloseTo(3 / 5, 14);
    expect(report.count).toBe(5);
  });

  test("one point is enough to hit a mode, a near miss is not", () => {
    expect(modeReport(Float64Array.of(0, 0, 0, 10), pair).hit).toBe(2);
    expect(modeReport(Float64Array.of(0, 0, 0, 6.9), pair).hit).toBe(1);
  });

  test("distance is Euclidean, not by axis", () => {
    const plane = { modes: [[0, 0]], sigma: 1 };
    expect(modeReport(Float64Array.of(2.9, 0.5), plane).highQuality).toBe(1);
    expect(modeReport(Float64Array.of(2.9, 2.9), plane).highQuality).toBe(0);
  });

  test("reverse KL: 0 when evenly filled, ln k at one mode, in between as by hand", () => {
    expect(modeReport(Float64Array.of(0, 10), pair).reverseKl).toBe(0);
    expect(modeReport(Float64Array.of(0, 1), pair).reverseKl).toBeCloseTo(Math.LN2, 14);
    const byHand = 0.75 * Math.log(1.5) + 0.25 * Math.log(0.5);
    expect(modeReport(Float64Array.of(0, 0, 0, 10), pair).reverseKl).toBeCloseTo(byHand, 14);
  });

  test("points that are not finite lower the quality and hit nothing", () => {
    const report = modeReport(Float64Array.of(0, Number.NaN), pair);
    expect(report.highQuality).toBe(0.5);
    expect(report.hit).toBe(1);
    const lost = modeReport(Float64Array.of(Number.NaN, Number.POSITIVE_INFINITY), pair);
    expect([lost.hit, lost.highQuality]).toEqual([0, 0]);
    expect(lost.reverseKl).toBeCloseTo(Math.LN2, 14);
  });

  test("the true grid: every mode, and 1 − e^(−9/2) of the points", () => {
    const about = { title: "", credit: "", licence: "" };
    const source = gaussianMixture({ id: "grid", about, modes: grid(5, 2), sigma: 0.05, scale: 1 });
    const points = source.batch(0, 20_000, 1).point as Float32Array;
    const report = modeReport(points, source.oracle!);
    expect(report.hit).toBe(25);
    // Three standard errors of a share of 0.9889 in 20,000.
    expect(Math.abs(report.highQuality - (1 - Math.exp(-4.5)))).toBeLessThan(0.0023);
    expect(report.reverseKl).toBeLessThan(0.002);
  });
});
