import { expect, test } from "vitest";
import { codeLayout, drawCodes } from "./codes.ts";

const layout = codeLayout({ noise: { z: { distribution: "normal", shape: [8] } } });
const draw = (more: { within?: number; truncation?: number; from?: number; count?: number }) =>
  drawCodes(layout, 64, { seed: 3, count: 500, ...more });

test("numbers within the bound stay as they were, others are drawn anew within it", () => {
  const [all, near] = [draw({}), draw({ within: 0.7 })];
  expect(all.some((v) => Math.abs(v) > 0.7)).toBe(true);
  expect(near.every((v) => Math.abs(v) <= 0.7)).toBe(true);
  all.forEach((v, at) => {
    if (Math.abs(v) <= 0.7) expect(near[at]).toBe(v);
  });
});

test("what is drawn again follows the truncated normal distribution", () => {
  const near = draw({ within: 1 });
  const variance = near.reduce((sum, v) => sum + v * v, 0) / near.length;
  // 1 − 2φ(1)/(2Φ(1) − 1); the deviation of this mean over 4,000 numbers is about 0.005.
  expect(variance).toBeGreaterThan(0.2912 - 0.02);
  expect(variance).toBeLessThan(0.2912 + 0.02);
});

test("item i is the same whatever items are asked for with it, and ψ comes after τ", () => {
  const [all, some] = [draw({ within: 0.5 }), draw({ within: 0.5, from: 70, count: 3 })];
  expect(some).toEqual(all.slice(70 * 8, 73 * 8));
  expect(draw({ within: 0.5, truncation: 0.5 })).toEqual(all.map((v) => v * 0.5));
});

test("a bound that leaves next to nothing is refused", () => {
  expect(() => draw({ within: 0.01 })).toThrow(/OPTION/);
  expect(() => draw({ within: Number.NaN })).toThrow(/OPTION/);
});
