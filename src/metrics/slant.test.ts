import { describe, expect, test } from "vitest";
import { slants } from "./slant.ts";

const side = 21;

/** Ink on the line x = centre + slope·(centre − y), each row's split between two pixels. */
function line(slope: number, weight = 1): Float64Array {
  const image = new Float64Array(side * side);
  for (let y = 3; y < 18; y++) {
    const x = 10 + slope * (10 - y);
    const left = Math.floor(x);
    image[y * side + left] = weight * (left + 1 - x);
    image[y * side + left + 1] = weight * (x - left);
  }
  return image;
}

const of = (...images: Float64Array[]) => ({
  count: images.length,
  width: side * side,
  data: Float64Array.from(images.flatMap((i) => [...i])),
});

describe("slants", () => {
  test("a line leans by its slope, whatever its ink", () => {
    const found = slants(of(line(0), line(0.5), line(-0.25, 7)), [side, side]);
    [0, 0.5, -0.25].forEach((slope, i) => {
      expect(found[i]).toBeCloseTo(slope, 12);
    });
  });

  test("two pixels, by hand: (0,0) and (1,1) lean one to the left", () => {
    const data = Float64Array.from([1, 0, 0, 1]);
    expect(slants({ count: 1, width: 4, data }, [2, 2])[0]).toBeCloseTo(-1, 12);
  });

  test("a shear of whole pixels adds itself", () => {
    const blob = new Float64Array(side * side);
    const sheared = new Float64Array(side * side);
    for (const [x, y, ink] of [
      [9, 7, 2],
      [12, 8, 1],
      [10, 10, 3],
      [8, 12, 1.5],
      [11, 13, 4],
    ] as const) {
      blob[y * side + x] = ink;
      sheared[y * side + x + (10 - y)] = ink;
    }
    const [before, after] = slants(of(blob, sheared), [side, side]);
    expect(after! - before!).toBeCloseTo(1, 12);
  });

  test("no ink, or ink in one row, has no slant", () => {
    const row = new Float64Array(side * side).fill(1, 0, side);
    expect([...slants(of(new Float64Array(side * side), row), [side, side])]).toEqual([0, 0]);
  });

  test("wrong sizes, negative and missing intensities are refused", () => {
    expect(() => slants(of(line(0)), [side, side - 1])).toThrow(/METRIC_INPUT/);
    expect(() => slants(of(line(0).fill(-1, 0, 1)), [side, side])).toThrow(/got -1/);
    expect(() => slants(of(line(0).fill(Number.NaN, 0, 1)), [side, side])).toThrow(/got NaN/);
  });
});
