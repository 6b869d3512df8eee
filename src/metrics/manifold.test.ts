import { describe, expect, test } from "vitest";
import { stream } from "../core/random.ts";
import { densityBalls, improvedBalls, memberships, shareInside } from "./manifold.ts";
import type { Rows } from "./metric.ts";

const line = (...data: number[]): Rows => ({
  count: data.length,
  width: 1,
  data: Float64Array.from(data),
});

describe("memberships", () => {
  test("by hand on the line: balls of k = 1 about 0, 1, 4", () => {
    // Radii 1, 1, 3: [−1, 1], [0, 2], [1, 7].
    const points = line(-1, 0.5, 1, 2, 7, 8);
    const centres = line(0, 1, 4);
    const [closed, open] = memberships(points, centres, [
      { k: 1, closed: true },
      { k: 1, closed: false },
    ]);
    expect([...closed!.holders]).toEqual([1, 2, 3, 2, 1, 0]);
    expect([...open!.holders]).toEqual([0, 2, 1, 1, 0, 0]);
    expect([...open!.occupied]).toEqual([1, 1, 1]);
    expect([...memberships(line(-0.5), centres, [{ k: 1, closed: false }])[0]!.occupied]).toEqual([
      1, 0, 0,
    ]);
  });

  test("a copy of the data: precision 1, every ball occupied, density exactly 1", () => {
    const data = stream(5, "copy").normal(new Float32Array(3 * 700));
    const rows: Rows = { count: 700, width: 3, data };
    const [improved, dense] = memberships(rows, rows, [improvedBalls, densityBalls]);
    expect(shareInside(improved!)).toBe(1);
    expect(dense!.occupied.every((v) => v === 1)).toBe(true);
    expect(dense!.holders.reduce((a, b) => a + b, 0)).toBe(5 * 700);
  });

  test("several kinds in one pass equal one pass each", () => {
    const [a, b] = ["a", "b"].map((name): Rows => {
      const data = stream(9, name).normal(new Float64Array(2 * 300));
      return { count: 300, width: 2, data };
    });
    const both = memberships(a!, b!, [improvedBalls, densityBalls]);
    expect(both[0]).toEqual(memberships(a!, b!, [improvedBalls])[0]);
    expect(both[1]).toEqual(memberships(a!, b!, [densityBalls])[0]);
  });
});
