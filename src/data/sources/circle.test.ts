import { describe, expect, test } from "vitest";
import { circle } from "./circle.ts";

describe("circle", () => {
  const { point, tangents } = circle.open({ sigma: 0.1 }).batch(0, 20_000, 5);

  test("points lie about the unit circle with the stated deviation, all round", () => {
    let [radius, square] = [0, 0];
    const sectors = new Set<number>();
    for (let i = 0; i < 20_000; i++) {
      const r = Math.hypot(point![2 * i]!, point![2 * i + 1]!);
      radius += r / 20_000;
      square += r ** 2 / 20_000;
      sectors.add(Math.floor((Math.atan2(point![2 * i + 1]!, point![2 * i]!) / Math.PI) * 8));
    }
    expect(radius).toBeCloseTo(1, 2);
    expect(Math.sqrt(square - radius ** 2)).toBeCloseTo(0.1, 2);
    expect(sectors.size).toBe(16);
  });

  test("tangents are of unit length, across the radius, anticlockwise", () => {
    for (let i = 0; i < 200; i++) {
      const [x, y] = [point![2 * i]!, point![2 * i + 1]!];
      const [u, v] = [tangents![2 * i]!, tangents![2 * i + 1]!];
      expect(Math.hypot(u, v)).toBeCloseTo(1, 6);
      expect(x * u + y * v).toBeCloseTo(0, 6);
      expect(x * v - y * u).toBeGreaterThan(0);
    }
  });
});
