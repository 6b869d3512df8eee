import { describe, expect, test } from "vitest";
import { array, noise } from "../../../test/layers.ts";
import { constant, input } from "../../engine/ir/leaves.ts";
import type { Shape } from "../../engine/ir/type.ts";
import { add } from "../../engine/ops/index.ts";
import { evaluate } from "../../engine/reference/evaluate.ts";
import { type Affine, affineRead, composed } from "./affine.ts";
import { blur } from "./blur.ts";
import { colour, grey, jitter, turned } from "./colour.ts";
import { cropResize } from "./crop-resize.ts";
import { cutout } from "./cutout.ts";
import { flip } from "./flip.ts";
import { type Chance, sometimes, type Transform } from "./transform.ts";
import { translation } from "./translation.ts";

/** Chance whose draws are given: one number for each of the calls, for all images alike. */
function fixed(...values: readonly number[]): Chance {
  let at = 0;
  return { uniform: (shape: Shape) => constant(values[at++]!, shape) };
}

function result(transform: Transform, shape: Shape, values: readonly number[], chance: Chance) {
  const x = input("x", shape);
  const [y] = evaluate([transform(x, chance)], { x: array(shape, values) });
  expect(y!.shape).toEqual(shape);
  return [...y!.data].map((v) => Number(v.toFixed(10)) + 0);
}

const nine = [1, 2, 3, 4, 5, 6, 7, 8, 9];

test("a flip mirrors rows, for the images that are chosen", () => {
  expect(result(flip, [1, 1, 2, 3], [1, 2, 3, 4, 5, 6], fixed(0.4))).toEqual([3, 2, 1, 6, 5, 4]);
  expect(result(flip, [1, 1, 2, 3], [1, 2, 3, 4, 5, 6], fixed(0.6))).toEqual([1, 2, 3, 4, 5, 6]);
});

test("each image has a chance of its own", () => {
  const chance = { uniform: (shape: Shape) => constant([0.1, 0.9], shape) };
  const raised = sometimes(0.5, (x) => add(x, 1));
  expect(result(raised, [2, 1, 1, 2], [1, 2, 3, 4], chance)).toEqual([2, 3, 3, 4]);
});

describe("a shift by whole pixels", () => {
  // 0.9 is the last of three shifts, +1: each pixel comes from the next one.
  test("brings zeros in", () => {
    const shifted = result(translation({ share: 1 / 3 }), [1, 1, 3, 3], nine, fixed(0.5, 0.9));
    expect(shifted).toEqual([2, 3, 0, 5, 6, 0, 8, 9, 0]);
  });

  test("or what is mirrored at the edge", () => {
    const by = translation({ share: 1 / 3, border: "mirror" });
    expect(result(by, [1, 1, 3, 3], nine, fixed(0.1, 0.5))).toEqual([4, 5, 6, 1, 2, 3, 4, 5, 6]);
    expect(result(by, [1, 1, 3, 3], nine, fixed(0.9, 0.5))).toEqual([4, 5, 6, 7, 8, 9, 4, 5, 6]);
  });
});

test("a hole of half the side lies where chance says, cut at the border", () => {
  const ones = new Array<number>(16).fill(1);
  // Side 2; centres 2 and 0 of 0-4: rows 1 and 2, of columns −1 and 0 the latter.
  expect(result(cutout(), [1, 1, 4, 4], ones, fixed(0.5, 0.1))).toEqual([
    1, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1,
  ]);
});

describe("colour", () => {
  test("light, saturation and contrast, by hand", () => {
    // +0.25; channel mean 0.55, half the way to it; image mean 0.55, times 1.25.
    const [red, green] = result(colour, [1, 2, 1, 1], [0.1, 0.5], fixed(0.75, 0.25, 0.75));
    expect(red).toBeCloseTo(0.55 + 1.25 * 0.5 * (0.35 - 0.55), 10);
    expect(green).toBeCloseTo(0.55 + 1.25 * 0.5 * (0.75 - 0.55), 10);
  });

  test("grey is how bright a colour looks", () => {
    const [r, g, b] = result(grey, [1, 3, 1, 1], [1, 0, 0.5], fixed());
    expect([r, g, b]).toEqual(new Array(3).fill(Number((0.299 + 0.114 * 0.5).toFixed(10))));
    expect(result(grey, [1, 2, 1, 1], [0, 1], fixed())).toEqual([0.5, 0.5]);
  });

  test("a third of a turn of hue moves each channel to the next", () => {
    const x = input("x", [1, 3, 1, 1]);
    const third = constant((2 * Math.PI) / 3, [1]);
    const [y] = evaluate([turned(x, third)], { x: array([1, 3, 1, 1], [0.5, -0.2, -0.3]) });
    expect([...y!.data].map((v) => Number(v.toFixed(9)))).toEqual([-0.3, 0.5, -0.2]);
  });

  test("jitter without reach changes nothing, and stays within [−1, 1] with it", () => {
    const none = jitter({ brightness: 0, contrast: 0, saturation: 0, hue: 0 });
    const pixel = [0.3, -0.6, 0.9];
    const half = fixed(0.5, 0.5, 0.5, 0.5);
    const same = result(none, [1, 3, 1, 1], pixel, half);
    for (const [i, v] of same.entries()) expect(v).toBeCloseTo(pixel[i]!, 9);
    const far = jitter({ brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0 });
    const bright = result(far, [1, 3, 1, 1], [0.9, 0.8, -0.9], fixed(0.999, 0.999, 0.999, 0.5));
    for (const v of bright) expect(Math.abs(v)).toBeLessThanOrEqual(1);
    expect(bright[0]).toBe(1);
  });
});

test("a crop is a part of the image, enlarged", () => {
  // All of the area, as wide as tall: the image itself.
  expect(result(cropResize({ least: 1 }), [1, 1, 3, 3], nine, fixed(0.3, 0.5, 0.2, 0.7))).toEqual(
    nine,
  );
  // A quarter of the area from the upper left corner of 4x4: pixels at −¼, ¼, ¾, 5⁄4 of each axis.
  const rows = Array.from({ length: 16 }, (_, i) => Math.floor(i / 4));
  const quarter = cropResize({ least: 0.25 });
  const top = result(quarter, [1, 1, 4, 4], rows, fixed(1e-12, 0.5, 0, 0));
  for (const [i, at] of [0, 0.25, 0.75, 1.25].entries()) {
    expect(top[i * 4]).toBeCloseTo(at, 6);
  }
});

test("blur keeps what is even, and is the Gaussian's weights elsewhere", () => {
  const even = result(blur(1, 1), [1, 1, 3, 3], new Array<number>(9).fill(0.7), fixed(0.5));
  for (const v of even) expect(v).toBeCloseTo(0.7, 9);
  const point = result(blur(1, 1), [1, 1, 3, 3], [0, 0, 0, 0, 1, 0, 0, 0, 0], fixed(0.5));
  const e = Math.exp(-0.5);
  expect(point[4]).toBeCloseTo((1 / (1 + 2 * e)) ** 2, 9);
  expect(point[1]).toBeCloseTo(e / (1 + e + Math.exp(-2)) / (1 + 2 * e), 9);
});

describe("reading at other places", () => {
  const numbers = { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 };
  const affine = (by: Partial<typeof numbers>): Affine => {
    const all = { ...numbers, ...by };
    const of = (key: keyof typeof numbers) => constant(all[key], [1]);
    return { a: of("a"), b: of("b"), c: of("c"), d: of("d"), e: of("e"), f: of("f") };
  };
  const read = (at: Affine) => result((x) => affineRead(x, at), [1, 1, 3, 3], nine, fixed());

  test("the same place gives the same image", () => expect(read(affine({}))).toEqual(nine));

  test("a quarter turn moves pixels exactly", () => {
    expect(read(affine({ a: 0, b: 1, c: -1, d: 0 }))).toEqual([7, 4, 1, 8, 5, 2, 9, 6, 3]);
  });

  test("half a pixel lies between two, and beyond the edge the image is mirrored", () => {
    expect(read(affine({ e: 0.5 }))).toEqual([1.5, 2.5, 2.5, 4.5, 5.5, 5.5, 7.5, 8.5, 8.5]);
    expect(read(affine({ e: -1 }))).toEqual([2, 1, 2, 5, 4, 5, 8, 7, 8]);
    expect(read(affine({ f: 5 }))).toEqual([4, 5, 6, 7, 8, 9, 4, 5, 6]);
  });

  test("two changes are one", () => {
    const [turn, shift] = [affine({ a: 0, b: 1, c: -1, d: 0 }), affine({ e: 1, f: -1 })];
    const x = input("x", [1, 2, 4, 5]);
    const feeds = { x: noise([1, 2, 4, 5]) };
    const small = affine({ a: 0.5, b: 0.1, c: -0.2, d: 0.4 });
    // Reading of what was read is exact where the second reads whole pixels within the first.
    const twice = affineRead(affineRead(x, small), affine({ a: -1 }));
    const once = affineRead(x, composed(small, affine({ a: -1 })));
    const [p, q] = evaluate([twice, once], feeds);
    for (const [i, v] of p!.data.entries()) expect(v).toBeCloseTo(q!.data[i]!, 10);
    // The middle is read at (1, −1) by the shift, and there the turn reads (−1, −1).
    expect(read(composed(turn, shift))[4]).toBe(1);
  });
});
