import { expect, test } from "vitest";
import { average } from "./average.ts";
import type { Schedule } from "./schedule.ts";
import * as s from "./schedules.ts";

const at = (schedule: Schedule, images: number, step = 0) => schedule({ images, step });

test("ramp: a straight line, then flat, in images or in steps", () => {
  const byImages = s.ramp(1, 3, s.images(100));
  expect([0, 50, 100, 900].map((i) => at(byImages, i))).toEqual([1, 2, 3, 3]);
  const bySteps = s.ramp(1, 0, s.steps(4));
  expect([0, 1, 4, 5].map((t) => at(bySteps, 1e9, t))).toEqual([1, 0.75, 0, 0]);
  expect(at(s.ramp(1, 3, s.images(0)), 0)).toBe(3);
});

test("units", () => {
  expect([s.kimg(2), s.Mimg(2)]).toEqual([s.images(2000), s.images(2_000_000)]);
});

test("cosine passes the middle in the middle and is flat at the ends", () => {
  const schedule = s.cosine(2, 0, s.images(100));
  expect(at(schedule, 0)).toBe(2);
  expect(at(schedule, 50)).toBeCloseTo(1, 12);
  expect(at(schedule, 25)).toBeCloseTo(1 + Math.SQRT1_2, 12);
  expect([100, 1000].map((i) => at(schedule, i))).toEqual([0, 0]);
});

test("exponential halves every span", () => {
  const schedule = s.exponential(8, 0.5, s.images(10));
  expect([0, 10, 30].map((i) => at(schedule, i))).toEqual([8, 4, 1]);
});

test("piecewise: lines or steps between points, flat outside", () => {
  const points = [
    [10, 1],
    [20, 3],
    [40, 0],
  ] as const;
  const line = s.piecewise(points, { unit: "images" });
  expect([0, 10, 15, 20, 30, 40, 99].map((i) => at(line, i))).toEqual([1, 1, 2, 3, 1.5, 0, 0]);
  const hold = s.piecewise(points, { unit: "steps", between: "hold" });
  expect([0, 10, 19, 20, 39, 40].map((t) => at(hold, 0, t))).toEqual([1, 1, 1, 3, 3, 0]);
  expect(() => s.piecewise([], { unit: "steps" })).toThrow(/SCHEDULE/);
  expect(() =>
    s.piecewise(
      [
        [2, 0],
        [2, 1],
      ],
      { unit: "steps" },
    ),
  ).toThrow(/SCHEDULE.*\[\[2,0\]/);
});

test("warmup multiplies", () => {
  const schedule = s.warmup(s.ramp(1, 0, s.images(100)), s.images(10));
  expect([0, 5, 10, 50].map((i) => at(schedule, i))).toEqual([0, 0.475, 0.9, 0.5]);
  expect(at(s.warmup(3, s.steps(2)), 0, 1)).toBe(1.5);
  expect(at(s.fixed(0.3), 5)).toBe(0.3);
});

test("average: after the half-life an old value has half its weight", () => {
  const decay = at(average({ halfLife: 640, batch: 64 }), 0);
  expect(decay ** 10).toBeCloseTo(0.5, 12);
});

test("average: StyleGAN2's ramp bounds the half-life by a share of what was shown", () => {
  const schedule = average({ halfLife: s.ramp(0, 1000, s.images(1)), batch: 10, ramp: 0.05 });
  expect(at(schedule, 0)).toBe(0);
  expect(at(schedule, 2000)).toBeCloseTo(0.5 ** (10 / 100), 12);
  expect(at(schedule, 1e6)).toBeCloseTo(0.5 ** (10 / 1000), 12);
});
