import { describe, expect, test } from "vitest";
import { gaussian1d } from "./sources/gaussian-1d.ts";
import { grid25 } from "./sources/grid25.ts";
import { ring8 } from "./sources/ring8.ts";

const count = 40000;

describe.each([
  ["ring8", ring8, 8, 0.02],
  ["grid25", grid25, 25, 0.05],
  ["gaussian-1d", gaussian1d, 1, 0.5],
] as const)("%s", (_, definition, modeCount, sigma) => {
  const source = definition.open();
  const { modes, sigma: stated } = source.oracle!;
  const dimension = modes[0]!.length;
  const { point, label } = source.batch(0, count, 11);

  test("states its protocol", () => {
    expect(modes).toHaveLength(modeCount);
    expect(stated).toBe(sigma);
    expect(source.size).toBe(Number.POSITIVE_INFINITY);
  });

  test("points lie about the labelled mode with the stated deviation, modes come equally often", () => {
    const tally = new Float64Array(modeCount);
    let squares = 0;
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const mode = label?.[i] ?? 0;
      tally[mode]! += 1;
      for (let d = 0; d < dimension; d++) {
        const z = (point![i * dimension + d]! - modes[mode]![d]!) / sigma;
        sum += z;
        squares += z * z;
      }
    }
    const n = count * dimension;
    expect(Math.abs(sum / n)).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(squares / n - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    const expected = count / modeCount;
    const chiSquare = tally.reduce((total, seen) => total + (seen - expected) ** 2 / expected, 0);
    expect(chiSquare).toBeLessThan(modeCount + 5 * Math.sqrt(2 * modeCount));
  });

  test("fresh points at every position, the same on every call", () => {
    const again = source.batch(0, 1000, 11).point!;
    expect(again).toEqual(point!.subarray(0, 1000 * dimension));
    expect(source.batch(count, 4, 11).point).not.toEqual(point!.subarray(0, 4 * dimension));
    expect(source.batch(0, 4, 12).point).not.toEqual(point!.subarray(0, 4 * dimension));
  });

  test("scale changes what networks see, not the points or the oracle", () => {
    const half = definition.open({ scale: 0.5 });
    expect(half.fields.point).toMatchObject({ scale: 0.5, offset: 0 });
    expect(half.oracle).toEqual(source.oracle);
    expect(half.batch(0, 4, 11).point).toEqual(point!.subarray(0, 4 * dimension));
  });
});

test("the papers' centres", () => {
  const ring = ring8.open().oracle!.modes;
  expect(ring[0]).toEqual([2, 0]);
  expect(ring[1]![0]).toBeCloseTo(Math.SQRT2, 12);
  expect(ring[2]![1]).toBeCloseTo(2, 12);
  const grid = grid25.open().oracle!.modes;
  const lines = [-4, -2, 0, 2, 4];
  expect(grid).toEqual(lines.flatMap((y) => lines.map((x) => [x, y])));
  expect(ring8.open().fields.label!.classes![1]).toBe("(1.414, 1.414)");
  expect(gaussian1d.open().fields).not.toHaveProperty("label");
});

test("a scale of 0 is refused", () => {
  expect(() => ring8.open({ scale: 0 })).toThrow(/data ring8 scale\] OPTION.*got 0/);
});
