import { describe, expect, test } from "vitest";
import { stream } from "../src/core/random.ts";
import {
  blackRectangles,
  contamination,
  degradations,
  gaussianBlur,
  gaussianNoise,
  saltAndPepper,
  swirl,
} from "./_degradations.ts";

const side = 16;
const size = side * side;
const pictures = stream(0, "test/pictures")
  .uniform(new Float32Array(20 * size))
  .map((u) => Math.floor(256 * u));
const strangers = new Float32Array(3 * size).map((_, i) => Math.floor(i / size) + 1);
const all = Object.entries({ ...degradations, contamination: contamination(strangers) });

describe.each(all)("%s", (_, spoil) => {
  test("level 0 leaves pictures as they are, and the argument stays whole at level 1", () => {
    const before = pictures.slice();
    expect(spoil(pictures, { side, level: 0, seed: 1 })).toEqual(before);
    expect(spoil(pictures, { side, level: 1, seed: 1 })).not.toEqual(before);
    expect(pictures).toEqual(before);
  });

  test("gives whole grey values, the same for the same seed", () => {
    const spoilt = spoil(pictures, { side, level: 0.6, seed: 3 });
    expect(spoilt.every((v) => Number.isInteger(v) && v >= 0 && v <= 255)).toBe(true);
    expect(spoil(pictures, { side, level: 0.6, seed: 3 })).toEqual(spoilt);
  });

  test("goes further at each level", () => {
    const error = (level: number) =>
      spoil(pictures, { side, level, seed: 2 }).reduce(
        (sum, v, i) => sum + Math.abs(v - pictures[i]!),
        0,
      );
    const errors = [0, 0.25, 0.5, 0.75, 1].map(error);
    for (let i = 1; i < errors.length; i++) expect(errors[i]).toBeGreaterThan(errors[i - 1]!);
  });
});

const dot = (x: number, y: number) =>
  new Float32Array(size).map((_, i) => (i === y * side + x ? 255 : 0));

test("noise of an even grey has the stated mean and deviation", () => {
  const grey = new Float32Array(20_000).fill(100);
  const noisy = gaussianNoise(grey, { side: 100, level: 0.5, seed: 0 });
  const mean = noisy.reduce((a, b) => a + b, 0) / noisy.length;
  const variance = noisy.reduce((sum, v) => sum + (v - mean) ** 2, 0) / noisy.length;
  expect(mean).toBeCloseTo(0.625 * 100 + 0.375 * 127.5, 0);
  expect(Math.sqrt(variance)).toBeCloseTo(0.375 * 63.75, 0);
});

test("a blurred dot is the kernel: 255/(2πσ²) in the middle, e^−½ of it one σ away", () => {
  const blurred = gaussianBlur(dot(8, 8), { side, level: 1, seed: 0 });
  expect(blurred[8 * side + 8]).toBe(Math.round(255 / (8 * Math.PI)));
  expect(blurred[8 * side + 10]).toBe(Math.round((255 / (8 * Math.PI)) * Math.exp(-0.5)));
});

test("rectangles blacken at most five squares of the edge, and nothing else", () => {
  const white = new Float32Array(50 * size).fill(255);
  const spoilt = blackRectangles(white, { side, level: 0.375, seed: 0 });
  for (let i = 0; i < 50; i++) {
    const black = spoilt.subarray(i * size, (i + 1) * size).filter((v) => v === 0).length;
    expect(black).toBeGreaterThanOrEqual(9);
    expect(black).toBeLessThanOrEqual(45);
  }
});

test("swirl turns by 4 radians times the level at the middle, less by e for each 3.47 pixels", () => {
  const gradient = new Float32Array(size).map((_, i) => 10 * (i % side));
  const turned = swirl(gradient, { side, level: Math.PI / 8, seed: 0 });
  for (const at of [8, 10, 11]) {
    const radius = Math.SQRT2 * (at - 7.5);
    const angle = Math.PI / 4 + (Math.PI / 2) * Math.exp(-radius / 3.4657);
    const expected = Math.round(10 * (7.5 + radius * Math.cos(angle)));
    expect(turned[at * side + at], `at ${at}`).toBe(expected);
  }
});

test("salt and pepper hits as many pixels as stated, half of them white", () => {
  const grey = new Float32Array(100 * size).fill(99);
  const spoilt = saltAndPepper(grey, { side, level: 0.5, seed: 0 });
  const share = (value: number) => spoilt.filter((v) => v === value).length / spoilt.length;
  expect(share(0)).toBeCloseTo(0.075, 2);
  expect(share(255)).toBeCloseTo(0.075, 2);
});

test("contamination puts stranger i in place of picture i; more at higher levels, none taken back", () => {
  const many = new Float32Array(1000 * size).fill(200);
  const spoil = contamination(strangers);
  const replaced = (level: number) => {
    const spoilt = spoil(many, { side, level, seed: 5 });
    return Array.from({ length: 1000 }, (_, i) => spoilt[i * size]!);
  };
  const [half, full] = [replaced(0.5), replaced(1)];
  half.forEach((v, i) => {
    expect([200, (i % 3) + 1]).toContain(v);
    if (v !== 200) expect(full[i]).toBe(v);
  });
  expect(full.filter((v) => v !== 200).length / 1000).toBeCloseTo(0.75, 1);
});
