import { describe, expect, test } from "vitest";
import { stream } from "../../core/random.ts";
import type { Rows } from "../metric.ts";
import { kernelDistance, kidOf } from "./kid.ts";

const normals = (count: number, width: number, name: string, shift = 0): Rows => ({
  count,
  width,
  data: stream(1, name)
    .normal(new Float64Array(count * width))
    .map((v) => v + shift),
});

const rows = (width: number, ...data: number[]): Rows => ({
  count: data.length / width,
  width,
  data: Float64Array.from(data),
});

describe("kernelDistance", () => {
  test("by hand in one dimension: k(x, y) = (xy + 1)³", () => {
    // Within: k(1, 2) = 27 and k(0, 3) = 1. Mixed: (1 + 64 + 1 + 343) / 4 = 102.25.
    expect(kernelDistance(rows(1, 1, 2), rows(1, 0, 3))).toBeCloseTo(27 + 1 - 2 * 102.25, 11);
  });

  test("by hand with three on one side, in two dimensions: k(x, y) = (xᵀy/2 + 1)³", () => {
    // Within: 1.5³ (1, 2), 1.5³ (1, 3), 2³ (2, 3); 1³. Mixed: 2³·3³ … by pair below.
    const a = rows(2, 1, 0, 0, 1, 1, 1);
    const b = rows(2, 2, 0, 0, 2);
    const within = (1 ** 3 + 1.5 ** 3 + 1.5 ** 3) / 3 + 1;
    const mixed = (8 + 1 + 1 + 8 + 8 + 8) / 6;
    expect(kernelDistance(a, b)).toBeCloseTo(within - 2 * mixed, 12);
  });

  test("refuses a side of one, other widths and NaN", () => {
    const a = normals(5, 2, "a");
    expect(() => kernelDistance(a, normals(1, 2, "b"))).toThrow(/METRIC_INPUT.*at least 2/);
    expect(() => kernelDistance(a, normals(5, 3, "b"))).toThrow(/METRIC_INPUT.*\[5, 3\]/);
    const data = Float64Array.of(1, 2, Number.NaN, 3);
    expect(() => kernelDistance(a, { count: 2, width: 2, data })).toThrow(
      /kid, fake side, row 1, column 0.*METRIC_INPUT/,
    );
  });
});

describe("kid", () => {
  const equal = Array.from({ length: 40 }, (_, i) =>
    kidOf(normals(60, 6, `a${i}`), normals(60, 6, `b${i}`), { seed: i }),
  );

  test("is unbiased: of equal distributions about 0, on both sides of it", () => {
    const values = equal.map((score) => score.value);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const spread = Math.sqrt(values.reduce((s, v) => s + (v - mean) ** 2, 0) / (values.length - 1));
    expect(Math.abs(mean)).toBeLessThan((3 * spread) / Math.sqrt(values.length));
    expect(values.filter((v) => v < 0).length).toBeGreaterThan(8);
  });

  test("its standard error is that of the value over draws", () => {
    const values = equal.map((score) => score.value);
    const actual = Math.sqrt(values.reduce((s, v) => s + v * v, 0) / values.length);
    const stated = equal.reduce((sum, score) => sum + score.standardError! ** 2, 0) / equal.length;
    expect(Math.sqrt(stated) / actual).toBeGreaterThan(0.7);
    expect(Math.sqrt(stated) / actual).toBeLessThan(1.4);
  });

  test("sees a shift, and is the same for the same seed", () => {
    const [a, b] = [normals(400, 6, "a"), normals(300, 6, "b", 0.5)];
    const score = kidOf(a, b, { seed: 7 });
    expect(score.parts).toEqual({ subsets: 10, "items per subset": 30 });
    expect(score.value).toBeGreaterThan(5 * score.standardError!);
    expect(kidOf(a, b, { seed: 7 })).toEqual(score);
    expect(kidOf(a, b, { seed: 8 }).value).not.toBe(score.value);
  });

  test("needs four items", () => {
    const three = normals(3, 2, "a");
    expect(() => kidOf(three, three, { seed: 0 })).toThrow(/METRIC_INPUT.*at least 4/);
    const four = normals(4, 2, "a");
    expect(kidOf(four, four, { seed: 0 }).standardError).toBeGreaterThan(0);
  });
});
