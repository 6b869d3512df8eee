import { describe, expect, test } from "vitest";
import { endless } from "./endless.ts";
import { onRoll, rollAngles } from "./roll.ts";
import { line } from "./sources/line.ts";
import { swissRoll } from "./sources/swiss-roll.ts";

describe("endless", () => {
  const source = endless({
    id: "count",
    about: { title: "", credit: "", licence: "" },
    fields: {
      pair: { shape: [2], dtype: "f32", scale: 1, offset: 0 },
      label: { shape: [], dtype: "i32", scale: 1, offset: 0 },
    },
    block: (seed, index) => ({
      pair: Float32Array.from({ length: 512 }, (_, i) => seed + 256 * index + Math.floor(i / 2)),
      label: Int32Array.from({ length: 256 }, (_, i) => 256 * index + i),
    }),
  });

  test("batches of any size cut one stream, across blocks", () => {
    const { pair, label } = source.batch(254, 520, 1000);
    expect(Array.from(label!)).toEqual(Array.from({ length: 520 }, (_, i) => 254 + i));
    expect(pair!.length).toBe(1040);
    expect([pair![0], pair![1], pair![4], pair![1039]]).toEqual([1254, 1254, 1256, 1773]);
    expect(source.batch(700, 3, 0).label).toEqual(Int32Array.of(700, 701, 702));
  });

  test("it never ends, has the fields it was given, and no oracle unless given one", () => {
    expect(source.size).toBe(Number.POSITIVE_INFINITY);
    expect(Object.keys(source.fields)).toEqual(["pair", "label"]);
    expect(source).not.toHaveProperty("oracle");
    expect(source.batch(5, 0, 0).label).toHaveLength(0);
  });
});

describe.each([
  ["swiss-roll", swissRoll],
  ["line", line],
] as const)("%s", (id, definition) => {
  test("is a pure function of seed and position", () => {
    const source = definition.open();
    expect(source.id).toBe(id);
    const { point } = source.batch(0, 600, 3);
    expect(source.batch(0, 600, 3).point).toEqual(point);
    expect(source.batch(300, 10, 3).point).toEqual(point!.subarray(600, 620));
    expect(source.batch(0, 600, 4).point).not.toEqual(point);
    expect(definition.open({ scale: 0.5 }).fields.point!.scale).toBe(0.5);
  });
});

describe("swiss-roll", () => {
  test("goes from radius 1, straight down, to radius 3 at one and a half turns more", () => {
    const [inner, outer] = rollAngles;
    expect(outer - inner).toBeCloseTo(3 * Math.PI, 12);
    expect(onRoll(inner)[1]).toBeCloseTo(-1, 12);
    expect(onRoll(outer)[1]).toBeCloseTo(3, 12);
  });

  test("without noise every point is on the roll, at an even angle", () => {
    const { point } = swissRoll.open({ noise: 0 }).batch(0, 5000, 1);
    let total = 0;
    for (let i = 0; i < 5000; i++) {
      const radius = Math.hypot(point![2 * i]!, point![2 * i + 1]!);
      const [x, y] = onRoll(radius * 1.5 * Math.PI);
      expect(Math.hypot(point![2 * i]! - x, point![2 * i + 1]! - y)).toBeLessThan(1e-5);
      total += radius;
    }
    // Uniform on (1, 3): mean 2, deviation 0.577.
    expect(Math.abs(total / 5000 - 2)).toBeLessThan((5 * 0.577) / Math.sqrt(5000));
  });

  test("noise has the stated deviation", () => {
    const [clean, noisy] = [0, 0.2].map((noise) =>
      Float64Array.from(swissRoll.open({ noise }).batch(0, 5000, 1).point!),
    ) as [Float64Array, Float64Array];
    const square = clean.reduce((sum, v, i) => sum + (noisy[i]! - v) ** 2, 0) / clean.length;
    expect(Math.abs(square / 0.04 - 1)).toBeLessThan(5 * Math.sqrt(2 / clean.length));
  });
});

test("line: x is 0 and y uniform in (0, 1)", () => {
  const { point } = line.open().batch(0, 5000, 2);
  const heights = Float64Array.from(point!).filter((_, i) => i % 2 === 1);
  expect(point!.filter((_, i) => i % 2 === 0).every((x) => x === 0)).toBe(true);
  expect(Math.min(...heights)).toBeGreaterThan(0);
  expect(Math.max(...heights)).toBeLessThan(1);
  const mean = heights.reduce((a, b) => a + b, 0) / 5000;
  expect(Math.abs(mean - 0.5)).toBeLessThan((5 * Math.sqrt(1 / 12)) / Math.sqrt(5000));
});
