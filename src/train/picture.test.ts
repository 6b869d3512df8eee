import { decode } from "fast-png";
import { describe, expect, test } from "vitest";
import type { Field } from "../data/source.ts";
import { picture, pictureSize, showsReal } from "./picture.ts";

const pixels: Field = { shape: [1, 2, 2], dtype: "u8", scale: 2 / 255, offset: -1 };
const point = (axes: number): Field => ({ shape: [axes], dtype: "f32", scale: 0.5, offset: 0 });

/** Whether some pixel is more blue than red by `by`. */
const hasBlue = (png: Uint8Array): boolean => {
  const { data } = decode(png);
  return data.some((red, i) => i % 3 === 0 && Number(data[i + 2]) - Number(red) > 100);
};

describe("picture", () => {
  test("images stand in a grid, 8x8 by default, -1 black and 1 white", () => {
    const items = new Float32Array(64 * 4).fill(-1);
    items.set([1, 1, 1, 1], 4);
    const { width, height, channels, data } = decode(picture(items, pixels));
    expect([width, height, channels]).toEqual([8 * 4 + 2, 8 * 4 + 2, 1]);
    const at = (x: number, y: number) => data[y * width + x];
    expect([at(2, 2), at(6, 2), at(10, 2)]).toEqual([0, 255, 0]);
    expect(pictureSize(pixels)).toBe(64);
    expect(showsReal(pixels)).toBe(false);
  });

  test("points are scattered in raw units, blue over the data's grey", () => {
    const real = Float32Array.of(-2, -2, 2, 2, -2, 2, 2, -2);
    const items = Float32Array.from(real, (v) => v * 0.5);
    const png = picture(items, point(2), real);
    expect(decode(png)).toMatchObject({ width: 512, height: 512, channels: 3 });
    expect(hasBlue(png)).toBe(true);
    // Of the same points, seen by the nets at half the size, nothing of the grey remains in sight.
    const grey = decode(picture(new Float32Array(), point(2), real));
    expect(hasBlue(picture(new Float32Array(), point(2), real))).toBe(false);
    expect(grey.data.some((v) => v < 200)).toBe(true);
  });

  test("numbers become bars; a window is found without data and for equal values", () => {
    const items = new Float32Array(100).fill(3);
    expect(hasBlue(picture(items, point(1)))).toBe(true);
    expect(hasBlue(picture(items, point(1), Float32Array.of(5, 6, 7)))).toBe(true);
  });

  test("points of more axes show their first two, and stray values do no harm", () => {
    const items = Float32Array.of(0, 0, 9, 1, 1, 9, Number.NaN, 0, 9, 1e30, 0, 9);
    expect(hasBlue(picture(items, point(3)))).toBe(true);
  });
});
