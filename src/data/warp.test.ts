import { describe, expect, test } from "vitest";
import { rotateBack, shearBack, warp } from "./warp.ts";

const side = 5;

/** Where a single white pixel at (x, y) goes. */
function moved(x: number, y: number, back: Parameters<typeof warp>[2]): number[][] {
  const image = new Float32Array(side * side);
  image[y * side + x] = 1;
  const out = new Float32Array(side * side);
  warp(image, side, back, out);
  return [...out.entries()]
    .filter(([, v]) => v > 1e-6)
    .map(([i, v]) => [i % side, Math.floor(i / side), Number(v.toFixed(6))]);
}

describe("warp", () => {
  test("the identity changes nothing", () => {
    expect(moved(1, 3, shearBack(0))).toEqual([[1, 3, 1]]);
  });

  test("a shear by 1 moves the top right and the bottom left; half a pixel is shared", () => {
    expect(moved(1, 1, shearBack(1))).toEqual([[2, 1, 1]]);
    expect(moved(3, 3, shearBack(1))).toEqual([[2, 3, 1]]);
    expect(moved(1, 1, shearBack(0.5))).toEqual([
      [1, 1, 0.5],
      [2, 1, 0.5],
    ]);
  });

  test("a quarter turn clockwise takes the top to the right", () => {
    expect(moved(2, 0, rotateBack(Math.PI / 2))).toEqual([[4, 2, 1]]);
  });

  test("what leaves the picture is gone, and 0 comes in", () => {
    expect(moved(4, 0, shearBack(1))).toEqual([]);
  });
});
