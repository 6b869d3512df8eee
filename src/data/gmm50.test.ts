import { expect, test } from "vitest";
import { gmm50 } from "./sources/gmm50.ts";

const source = gmm50.open();
const { modes, sigma } = source.oracle!;
const distance = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.sqrt(Array.from(a).reduce((sum, v, i) => sum + (v - b[i]!) ** 2, 0));

test("ten centres in 50 dimensions, the same whenever it is opened, far apart", () => {
  expect(modes.map((m) => m.length)).toEqual(new Array(10).fill(50));
  expect(gmm50.open().oracle!.modes).toEqual(modes);
  const apart = modes.flatMap((a, i) => modes.slice(i + 1).map((b) => distance(a, b)));
  // √(2·50) = 10, give or take a deviation of about 0.7 each
  expect(Math.min(...apart)).toBeGreaterThan(7);
  expect(Math.max(...apart)).toBeLessThan(13);
});

test("points lie σ·√50 = 0.71 about the centre that their label names", () => {
  const { point, label } = source.batch(0, 500, 4);
  const off = Array.from(label!, (mode, i) =>
    distance(point!.subarray(i * 50, (i + 1) * 50), modes[mode]!),
  );
  const mean = off.reduce((a, b) => a + b, 0) / off.length;
  expect(mean).toBeCloseTo(sigma * Math.sqrt(49.5), 1);
  expect(Math.max(...off)).toBeLessThan(1.1);
  expect(new Set(label).size).toBe(10);
});
