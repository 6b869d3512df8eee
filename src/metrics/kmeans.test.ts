import { describe, expect, test } from "vitest";
import { stream } from "../core/random.ts";
import { kMeans } from "./kmeans.ts";
import type { Rows } from "./metric.ts";

/** 6 groups of 50 points, 10 apart, each within about 0.5 of its centre. */
function groups(): Rows {
  const noise = stream(3, "groups").normal(new Float64Array(600));
  const data = noise.map((v, i) => 0.15 * v + (i % 2 === 0 ? 10 * (Math.floor(i / 2) % 6) : 0));
  return { count: 300, width: 2, data };
}

describe("kMeans", () => {
  test("separate groups are found whole, each centre the mean of its rows", () => {
    const rows = groups();
    for (const seed of [0, 1, 2, 3]) {
      const { centres, labels, inertia } = kMeans(rows, { clusters: 6, seed });
      expect(new Set(labels.subarray(0, 6)).size).toBe(6);
      for (let i = 6; i < 300; i++) expect(labels[i]).toBe(labels[i % 6]);
      const sum = [0, 0];
      for (let i = 0; i < 300; i += 6) {
        sum[0]! += rows.data[2 * i]! / 50;
        sum[1]! += rows.data[2 * i + 1]! / 50;
      }
      const own = centres.data.subarray(2 * labels[0]!, 2 * labels[0]! + 2);
      expect(own[0]).toBeCloseTo(sum[0]!, 12);
      expect(own[1]).toBeCloseTo(sum[1]!, 12);
      // 300 points in 2 axes of variance 0.0225, less 6 fitted centres: 588 · 0.0225, ± 5 σ.
      expect(Math.abs(inertia - 13.2)).toBeLessThan(3.9);
    }
  });

  test("one cluster is the mean; as many clusters as rows leave no distance", () => {
    const rows: Rows = { count: 4, width: 1, data: Float32Array.of(0, 1, 5, 10) };
    const one = kMeans(rows, { clusters: 1, seed: 0 });
    expect([one.centres.data[0], one.inertia]).toEqual([4, 16 + 9 + 1 + 36]);
    const all = kMeans(rows, { clusters: 4, seed: 0 });
    expect([...all.centres.data].sort((a, b) => a - b)).toEqual([0, 1, 5, 10]);
    expect(all.inertia).toBe(0);
  });

  test("a seed repeats, and more steps never raise the inertia", () => {
    const data = stream(1, "cloud").normal(new Float64Array(800));
    const rows: Rows = { count: 400, width: 2, data };
    const after = [0, 1, 3, 10, 100].map(
      (steps) => kMeans(rows, { clusters: 12, seed: 4, steps }).inertia,
    );
    expect(after.every((v, i) => i === 0 || v <= after[i - 1]! + 1e-9)).toBe(true);
    expect(after[4]!).toBeLessThan(after[0]!);
    expect(kMeans(rows, { clusters: 12, seed: 4 })).toEqual(
      kMeans(rows, { clusters: 12, seed: 4 }),
    );
  });

  test("fewer different rows than clusters are an error", () => {
    const rows: Rows = { count: 6, width: 1, data: Float64Array.of(1, 1, 1, 2, 2, 2) };
    expect(kMeans(rows, { clusters: 2, seed: 0 }).inertia).toBe(0);
    expect(() => kMeans(rows, { clusters: 3, seed: 0 })).toThrow("METRIC_DEGENERATE");
  });
});
