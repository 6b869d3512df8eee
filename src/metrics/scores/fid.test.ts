import { describe, expect, test } from "vitest";
import { stream } from "../../core/random.ts";
import { momentsOf } from "../feature-moments.ts";
import type { Evidence, Rows, Side } from "../metric.ts";
import { fid, fidOf } from "./fid.ts";

const normals = (count: number, width: number, name: string): Rows => ({
  count,
  width,
  data: stream(1, name).normal(new Float64Array(count * width)),
});

const moments = (rows: Rows, change = (v: number, _column: number) => v) =>
  momentsOf({ ...rows, data: rows.data.map((v, i) => change(v, i % rows.width)) as Float64Array });

test("parts add up; enough items, no warnings", () => {
  const real = normals(200, 4, "real");
  const { value, parts, warnings } = fidOf(
    moments(real),
    moments(real, (v, column) => (column === 0 ? v + 3 : v)),
  );
  expect(value).toBeCloseTo(9, 9);
  expect(parts!.mean! + parts!.covariance!).toBe(value);
  expect(warnings).toBeUndefined();
});

test("the metric takes moments and nothing else", async () => {
  const of = (rows: Rows) => ({ count: rows.count, moments: async () => moments(rows) }) as Side;
  const sides = { real: of(normals(50, 3, "a")), fake: of(normals(40, 3, "b")) };
  const score = await fid.measure(sides as Evidence);
  expect(score).toEqual(fidOf(await sides.real.moments(), await sides.fake.moments()));
});

describe("warns", () => {
  test("of fewer samples than dimensions, by side, and names kid", () => {
    const { warnings } = fidOf(moments(normals(60, 8, "a")), moments(normals(8, 8, "b")));
    expect(warnings).toHaveLength(1);
    expect(warnings![0]).toMatch(/fake side has no more samples than dimensions.*8 items.*kid/);
  });

  test("of some constant features", () => {
    const real = normals(60, 3, "a");
    const { warnings, value } = fidOf(
      moments(real),
      moments(real, (v, column) => (column === 1 ? 0.1 : v)),
    );
    expect(warnings).toEqual(["1 of 3 features have one value on all fake items."]);
    expect(value).toBeGreaterThan(0.1);
  });
});

test.each(["real", "fake"] as const)("refuses constant features on the %s side", (side) => {
  const sides = { real: moments(normals(9, 3, "a")), fake: moments(normals(9, 3, "b")) };
  const constant = { ...sides, [side]: moments(normals(9, 3, "c"), () => 0.3) };
  expect(() => fidOf(constant.real, constant.fake)).toThrow(
    new RegExp(`fid, ${side} side.*METRIC_DEGENERATE`),
  );
});
