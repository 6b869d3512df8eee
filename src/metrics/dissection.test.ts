import { expect, test } from "vitest";
import { overlapOf, topAnswers, type UnitMaps, unitRegions } from "./dissection.ts";

/** Two pictures, two units, maps of 2x2. */
const maps: UnitMaps = {
  count: 2,
  units: 2,
  height: 2,
  width: 2,
  data: Float32Array.of(0, 0, 0, 9, 1, 2, 3, 4, 5, 0, 0, 0, 0, 0, 0, 0),
};

test("a unit's region is the highest share of the pixels of all pictures together", () => {
  const found = unitRegions(maps, 0, { height: 4, width: 4, share: 2 / 32 });
  const lit = [...found.data.keys()].filter((i) => found.data[i] === 1);
  // The corner of the first picture under the 9; the second's 5 is less than what is beside it.
  expect(lit).toEqual([15]);
  const more = unitRegions(maps, 0, { height: 4, width: 4, share: 0.3 });
  expect(more.data.reduce((a, b) => a + b, 0)).toBeGreaterThan(3);
  expect(more.data[16]).toBe(1);
});

test("overlap by hand", () => {
  const of = (...data: number[]) => ({ height: 1, width: 4, data: Uint8Array.from(data) });
  expect(overlapOf(of(1, 1, 0, 0), of(0, 1, 1, 0))).toBeCloseTo(1 / 3);
  expect(overlapOf(of(0, 0, 0, 0), of(0, 0, 0, 0))).toBe(0);
});

test("pictures in the order of their highest answers, with their places", () => {
  expect(topAnswers(maps, 0, 2)).toEqual([
    { item: 0, y: 0.75, x: 0.75, value: 9 },
    { item: 1, y: 0.25, x: 0.25, value: 5 },
  ]);
  expect(topAnswers(maps, 1, 1)).toEqual([{ item: 0, y: 0.75, x: 0.75, value: 4 }]);
});

test("a share that is none is refused", () => {
  expect(() => unitRegions(maps, 0, { height: 4, width: 4, share: 0 })).toThrow(/METRIC_INPUT/);
});
