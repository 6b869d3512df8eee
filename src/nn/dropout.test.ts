import { expect, test } from "vitest";
import { array, layerError, noise, resultOf } from "../../test/layers.ts";
import { dropout, dropout2d } from "./dropout.ts";
import { type Layer, sequential } from "./module.ts";

const ones = (shape: readonly number[]) =>
  array(shape, new Float64Array(shape.reduce((a, b) => a * b, 1)).fill(1));

test("a share p becomes 0 and the mean stays", () => {
  const { data } = resultOf(dropout(0.3), ones([100, 200]));
  const kept = data.filter((v) => v !== 0);
  expect(kept.every((v) => Math.abs(v - 1 / 0.7) < 1e-12)).toBe(true);
  expect(kept.length / data.length).toBeGreaterThan(0.684); // 5 standard errors
  expect(kept.length / data.length).toBeLessThan(0.716);
});

test("dropout2d drops whole channels", () => {
  const { data } = resultOf(dropout2d(0.5), ones([8, 16, 2, 2]));
  const channels = Array.from({ length: 128 }, (_, i) => data.slice(4 * i, 4 * i + 4).join());
  expect(new Set(channels)).toEqual(new Set(["0,0,0,0", "2,2,2,2"]));
});

test("every use and every key draws anew", () => {
  const twice: Layer = sequential([dropout(), dropout()]);
  const left = resultOf(twice, ones([4000])).data.filter((v) => v > 0).length;
  expect(left).toBeGreaterThan(800);
  expect(left).toBeLessThan(1200);
  const draw = (seed: number) => resultOf(dropout(), ones([64]), { seed }).data.join();
  expect(draw(1)).toBe(draw(1));
  expect(draw(1)).not.toBe(draw(2));
});

test("inference and p = 0 change nothing", () => {
  const x = noise([2, 3]);
  expect(resultOf(dropout(), x, { training: false }).data).toEqual(x.data);
  expect(resultOf(dropout(0), x).data).toEqual(x.data);
});

test("derivatives", () => {
  expect(layerError(dropout(), noise([4, 5]))).toBeLessThan(1e-7);
});
