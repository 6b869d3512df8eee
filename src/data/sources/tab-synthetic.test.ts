import { describe, expect, test } from "vitest";
import { rounded, tabColumns } from "../tab.ts";
import { tabSynthetic } from "./tab-synthetic.ts";

describe("tab-synthetic", () => {
  const n = 40_000;
  const rows = tabSynthetic.open().batch(0, n, 3).point as Float32Array;
  const column = (k: number) => rows.filter((_, i) => i % 8 === k);
  const meanOf = (values: Float32Array) => values.reduce((a, b) => a + b, 0) / values.length;
  const given = (k: number, group: number) =>
    meanOf(column(k).filter((_, i) => rows[8 * i + tabColumns.group] === group));

  test("group and label are 0 or 1, job is one of three", () => {
    for (let i = 0; i < 1000; i++) {
      const row = rows.subarray(8 * i, 8 * i + 8);
      expect([0, 1]).toContain(row[tabColumns.group]);
      expect([0, 1]).toContain(row[tabColumns.label]);
      const jobs = tabColumns.job.map((k) => row[k]!);
      expect([...jobs].sort()).toEqual([0, 0, 1]);
    }
  });

  test("the label favours group 1 by about 13 points, and by none without bias", () => {
    const gap = given(tabColumns.label, 1) - given(tabColumns.label, 0);
    expect(gap).toBeGreaterThan(0.1);
    expect(gap).toBeLessThan(0.16);
    const fair = tabSynthetic.open({ bias: 0 }).batch(0, n, 3).point!;
    const positive = [0, 0];
    for (let i = 0; i < n; i++) positive[fair[8 * i]!]! += (fair[8 * i + 1]! * 2) / n;
    expect(Math.abs(positive[1]! - positive[0]!)).toBeLessThan(0.03);
  });

  test("skill and training are alike in both groups, district is not", () => {
    for (const k of [tabColumns.skill, tabColumns.training]) {
      expect(Math.abs(given(k, 1) - given(k, 0))).toBeLessThan(0.06);
    }
    expect(given(tabColumns.district, 1) - given(tabColumns.district, 0)).toBeCloseTo(1.6, 1);
  });

  test("rounded makes rows whole: to the nearest, or drawn by their numbers", () => {
    const made = Float32Array.from([0.4, 0.6, 1.5, -2, 0.3, 0.2, 0.7, 0.1]);
    const near = rounded(made);
    expect([...near.subarray(0, 2), ...near.subarray(5)]).toEqual([0, 1, 0, 1, 0]);
    expect(near.subarray(2, 5)).toEqual(made.subarray(2, 5));
    const many = Float32Array.from({ length: 8 * 4000 }, (_, i) => made[i % 8]!);
    const drawn = rounded(many, 1);
    const share = (k: number) => meanOf(drawn.filter((_, i) => i % 8 === k));
    for (const [k, chance] of [
      [0, 0.4],
      [1, 0.6],
      [5, 0.2],
      [6, 0.7],
      [7, 0.1],
    ] as const) {
      expect(Math.abs(share(k) - chance)).toBeLessThan(0.04);
    }
    expect(rounded(many, 1)).toEqual(drawn);
  });
});
