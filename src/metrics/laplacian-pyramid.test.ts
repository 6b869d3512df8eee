import { expect, test } from "vitest";
import { stream } from "../core/random.ts";
import { fromPyramid, laplacianPyramid } from "./laplacian-pyramid.ts";

const planes = (height: number, width: number) => ({
  height,
  width,
  data: stream(1, "planes").normal(new Float32Array(2 * height * width)),
});

test("levels halve down to the least side, odd sides too", () => {
  const sides = laplacianPyramid(planes(28, 26), 7).map(({ height, width }) => [height, width]);
  expect(sides).toEqual([
    [28, 26],
    [14, 13],
    [7, 7],
  ]);
});

test("levels doubled and added give the planes back", () => {
  const whole = planes(13, 18);
  const back = fromPyramid(laplacianPyramid(whole, 4));
  back.data.forEach((v, i) => {
    expect(Math.abs(v - whole.data[i]!)).toBeLessThan(1e-5);
  });
});

test("a plane of one value is all in the coarsest level, edges too", () => {
  const [fine, coarse] = laplacianPyramid(
    { ...planes(8, 8), data: new Float32Array(128).fill(3) },
    4,
  );
  for (const v of fine!.data) expect(Math.abs(v)).toBeLessThan(1e-6);
  for (const v of coarse!.data) expect(v).toBeCloseTo(3, 6);
});

test("a bright point by hand: 1, 4, 6 sixteenths along each axis, at every other pixel", () => {
  const data = new Float32Array(64);
  data[2 * 8 + 2] = 256;
  const [, coarse] = laplacianPyramid({ height: 8, width: 8, data }, 4);
  const around = [0, 1, 2].map((y) => Array.from(coarse!.data.subarray(4 * y, 4 * y + 3)));
  // Left of column 0 the mirror shows column 2 again, which counts with 1 on both sides.
  expect(around).toEqual([
    [4, 12, 2],
    [12, 36, 6],
    [2, 6, 1],
  ]);
});
