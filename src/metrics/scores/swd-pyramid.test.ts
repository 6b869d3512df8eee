import { expect, test } from "vitest";
import { stream } from "../../core/random.ts";
import type { Rows } from "../metric.ts";
import { pyramidDistance } from "./swd-pyramid.ts";

const shape = [1, 16, 16];
const how = { shape, seed: 3, projections: 32, patches: 16 };

/** Smooth waves with noise: something in each band. */
function waves(count: number, name: string): Rows {
  const u = stream(2, name).normal(new Float32Array(count * 260));
  const data = Float32Array.from({ length: count * 256 }, (_, at) => {
    const [i, y, x] = [Math.floor(at / 256), Math.floor((at % 256) / 16), at % 16];
    const own = u.subarray(260 * i, 260 * i + 260);
    return own[0]! * Math.sin(x / 4) + own[1]! * Math.cos(y / 4) + 0.3 * own[4 + (at % 256)]!;
  });
  return { count, width: 256, data };
}

const changed = (rows: Rows, to: (v: number, at: number) => number): Rows => ({
  ...rows,
  data: Float32Array.from(rows.data, to),
});

const [a, b] = [waves(200, "a"), waves(150, "b")];
const floor = pyramidDistance(a, b, how);

test("levels are named by size, and the value is their mean", () => {
  expect(Object.keys(floor.parts!)).toEqual(["16x16", "8x8"]);
  const [fine, coarse] = Object.values(floor.parts!) as [number, number];
  expect(floor.value).toBeCloseTo((fine + coarse) / 2, 10);
});

test("the same images at the same places are at distance 0 where every place is taken", () => {
  const whole = pyramidDistance(a, a, { ...how, patches: 200 });
  expect(whole.value).toBe(0);
});

test("a brighter side is told by the coarsest level alone", () => {
  const { parts } = pyramidDistance(
    a,
    changed(b, (v) => v + 1),
    how,
  );
  expect(parts!["16x16"]! / floor.parts!["16x16"]!).toBeLessThan(1.2);
  expect(parts!["8x8"]! / floor.parts!["8x8"]!).toBeGreaterThan(3);
});

test("noise of one pixel is told by the finest level most", () => {
  const noise = stream(4, "noise").normal(new Float32Array(b.data.length));
  const { parts } = pyramidDistance(
    a,
    changed(b, (v, at) => v + 0.5 * noise[at]!),
    how,
  );
  const rise = (level: string) => parts![level]! / floor.parts![level]!;
  expect(rise("16x16")).toBeGreaterThan(3 * rise("8x8"));
});

test("three channels are standardised apart: a channel a hundred times as large changes nothing", () => {
  const rgb = (rows: Rows, third: number): Rows => {
    const data = new Float32Array(rows.count * 768);
    for (let i = 0; i < rows.count; i++) {
      const own = rows.data.subarray(256 * i, 256 * i + 256);
      [1, 1, third].forEach((k, c) => {
        data.set(
          Float32Array.from(own, (v) => k * v),
          768 * i + 256 * c,
        );
      });
    }
    return { count: rows.count, width: 768, data };
  };
  const rgbHow = { ...how, shape: [3, 16, 16] };
  const one = pyramidDistance(rgb(a, 1), rgb(b, 1), rgbHow).value;
  expect(pyramidDistance(rgb(a, 100), rgb(b, 100), rgbHow).value / one).toBeCloseTo(1, 4);
});

test("points are refused", () => {
  expect(() => pyramidDistance(a, b, { ...how, shape: [256] })).toThrow(/METRIC_INPUT/);
});
