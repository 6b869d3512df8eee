import { describe, expect, test } from "vitest";
import { stream } from "../../core/random.ts";
import { givenEvidence } from "../_given.ts";
import type { Metric, Rows } from "../metric.ts";
import { coverage } from "./coverage.ts";
import { density } from "./density.ts";
import { improvedPrecision } from "./improved-precision.ts";
import { improvedRecall } from "./improved-recall.ts";

const cloud = (count: number, name: string, spread = 1, at = 0): Rows => ({
  count,
  width: 2,
  data: stream(1, name)
    .normal(new Float64Array(2 * count))
    .map((v) => at + spread * v),
});

const ask = async (metric: Metric, real: Rows, fake: Rows) =>
  metric.measure(givenEvidence({ features: real }, { features: fake }));
const values = async (real: Rows, fake: Rows) => {
  const evidence = givenEvidence({ features: real }, { features: fake });
  const metrics = [improvedPrecision, improvedRecall, density, coverage];
  return Promise.all(metrics.map(async (m) => (await m.measure(evidence)).value));
};

describe("precision, recall, density, coverage", () => {
  test("one distribution: coverage is 1 − Π(n−i)/(2n−i) over k = 5, density 1", async () => {
    const n = 1000;
    const [p, r, d, c] = await values(cloud(n, "real"), cloud(n, "fake"));
    // Naeem et al. 2020, equation 10 and lemma 1: no distribution, no dimension in it.
    let missed = 1;
    for (let i = 1; i <= 5; i++) missed *= (n - i) / (2 * n - i);
    expect(Math.abs(c! - (1 - missed))).toBeLessThan(0.025);
    expect(Math.abs(d! - 1)).toBeLessThan(0.08);
    expect(Math.min(p!, r!)).toBeGreaterThan(0.93);
  });

  test("a shrunken generator: all fakes in place, much of the data not reached", async () => {
    const [p, r, d, c] = await values(cloud(1000, "real"), cloud(1000, "fake", 0.2));
    expect(p!).toBeGreaterThan(0.95);
    expect(r!).toBeLessThan(0.5);
    // Any place where data are dense is held by about k balls.
    expect(Math.abs(d! - 1)).toBeLessThan(0.2);
    expect(c!).toBeLessThan(0.4);
  });

  test("far away: all four are 0; and one point only: recall and coverage nearly 0", async () => {
    expect(await values(cloud(300, "real"), cloud(300, "fake", 1, 50))).toEqual([0, 0, 0, 0]);
    const point: Rows = { count: 300, width: 2, data: new Float64Array(600).fill(0.01) };
    const [p, r, , c] = await values(cloud(300, "real"), point);
    expect([p, r]).toEqual([1, 0]);
    expect(c!).toBeLessThan(0.1);
  });

  test("intervals hold the value; few or unequal items are warned of", async () => {
    for (const metric of [improvedPrecision, improvedRecall, density, coverage]) {
      const score = await ask(metric, cloud(200, "real"), cloud(150, "fake", 0.7));
      expect(score.interval![0]).toBeLessThan(score.value);
      expect(score.interval![1]).toBeGreaterThanOrEqual(score.value);
      expect(score.interval![1]).toBeGreaterThan(score.interval![0]);
      expect(score.warnings).toHaveLength(2);
    }
    const score = await ask(coverage, cloud(1000, "real"), cloud(1000, "fake"));
    expect(score.warnings).toBeUndefined();
  });

  test("NaN, constant data, too few items and different widths are coded errors", async () => {
    const good = cloud(20, "real");
    const bad: Rows = { ...good, data: good.data.with(7, Number.NaN) };
    const flat: Rows = { ...good, data: new Float64Array(40).fill(3) };
    const wide: Rows = { count: 10, width: 4, data: new Float64Array(40) };
    await expect(ask(density, good, bad)).rejects.toThrow("METRIC_INPUT");
    await expect(ask(coverage, flat, good)).rejects.toThrow("METRIC_DEGENERATE");
    await expect(ask(improvedRecall, good, cloud(5, "few"))).rejects.toThrow("METRIC_INPUT");
    await expect(ask(improvedPrecision, good, wide)).rejects.toThrow("METRIC_INPUT");
  });
});
