import { describe, expect, test } from "vitest";
import { stream } from "../../core/random.ts";
import type { Rows } from "../metric.ts";
import { alongDirections, slicedWassersteinOf, squareW2 } from "./sliced-wasserstein.ts";

const normals = (count: number, width: number, name: string): Rows => ({
  count,
  width,
  data: stream(1, name).normal(new Float64Array(count * width)),
});

const shifted = (rows: Rows, by: readonly number[]): Rows => ({
  ...rows,
  data: Float64Array.from(rows.data, (v, i) => v + by[i % rows.width]!),
});

describe("in one dimension", () => {
  test("equal counts: paired in order", () => {
    expect(squareW2(Float64Array.of(0, 1, 4), Float64Array.of(1, 3, 4))).toBeCloseTo(5 / 3, 14);
  });

  test("unequal counts by hand: two against three, over sixths", () => {
    // Sixths: 0 0 | 0 1 | 1 1 in pairs of b's 0 0 3 3 3 3: 0·2, 9, 4, 4·2.
    const square = squareW2(Float64Array.of(0, 1), Float64Array.of(0, 3, 3));
    expect(square).toBeCloseTo((0 + 0 + 9 + 4 + 4 + 4) / 6, 14);
  });

  test("an item repeated is the same distribution", () => {
    const [a, b] = [Float64Array.of(1, 2, 7), Float64Array.of(1, 1, 2, 2, 7, 7)];
    expect(squareW2(a, b)).toBe(0);
  });
});

describe("a shift by v", () => {
  const a = normals(70, 3, "a");
  const by = [1, -2, 2];

  test("is |θᵀv| along each direction, exactly", () => {
    const axes = { count: 3, width: 3, data: Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1) };
    expect(alongDirections(a, shifted(a, by), axes).value).toBeCloseTo(Math.sqrt(9 / 3), 12);
  });

  test("is ‖v‖/√d over the sphere, within three standard errors", () => {
    const { value, standardError } = slicedWassersteinOf(a, shifted(a, by), { seed: 5 });
    expect(Math.abs(value - Math.sqrt(3))).toBeLessThan(3 * standardError!);
    expect(standardError).toBeLessThan(0.1);
  });
});

test("the standard error is that of the value over seeds", () => {
  const [a, b] = [normals(30, 4, "a"), shifted(normals(40, 4, "b"), [1, 0, 0, 0])];
  const scores = Array.from({ length: 60 }, (_, seed) =>
    slicedWassersteinOf(a, b, { seed, projections: 40 }),
  );
  const mean = scores.reduce((sum, s) => sum + s.value, 0) / scores.length;
  const actual = Math.sqrt(scores.reduce((sum, s) => sum + (s.value - mean) ** 2, 0) / 59);
  const stated = scores.reduce((sum, s) => sum + s.standardError!, 0) / scores.length;
  expect(stated / actual).toBeGreaterThan(0.75);
  expect(stated / actual).toBeLessThan(1.33);
});

test("equal sides are at 0; a seed draws the same directions again", () => {
  const [a, b] = [normals(20, 2, "a"), normals(31, 2, "b")];
  expect(slicedWassersteinOf(a, a, { seed: 1 })).toEqual({ value: 0, standardError: 0 });
  expect(slicedWassersteinOf(a, b, { seed: 1 })).toEqual(slicedWassersteinOf(a, b, { seed: 1 }));
});

test("refuses what is empty, not finite or of another width", () => {
  const a = normals(5, 2, "a");
  const empty = { count: 0, width: 2, data: new Float64Array(0) };
  expect(() => slicedWassersteinOf(a, empty, { seed: 0 })).toThrow(/METRIC_INPUT.*at least 1/);
  expect(() => slicedWassersteinOf(a, normals(5, 3, "b"), { seed: 0 })).toThrow(/METRIC_INPUT/);
  const infinite = { count: 1, width: 2, data: Float64Array.of(0, Number.POSITIVE_INFINITY) };
  expect(() => slicedWassersteinOf(infinite, a, { seed: 0 })).toThrow(/row 0, column 1/);
});
