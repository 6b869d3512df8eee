import { expect, test } from "vitest";
import { array, layerError, noise, resultOf } from "../../test/layers.ts";
import { type Layer, sequential } from "./module.ts";
import { avgPool, globalAverage, globalSum, maxPool } from "./pool.ts";
import { pixelShuffle, pixelUnshuffle, resize, upsample } from "./upsample.ts";

const x = array([1, 1, 2, 4], [1, 2, 3, 4, 5, 6, 7, 8]);

test.each<[string, Layer, readonly number[], readonly number[]]>([
  ["avgPool", avgPool(), [1, 1, 1, 2], [3.5, 5.5]],
  ["maxPool", maxPool(), [1, 1, 1, 2], [6, 8]],
  ["maxPool, overlapping", maxPool([2, 3], { stride: 1 }), [1, 1, 1, 2], [7, 8]],
  [
    "avgPool, padded",
    avgPool(2, { stride: 2, pad: 1 }),
    [1, 1, 2, 3],
    [0.25, 1.25, 1, 1.25, 3.25, 2],
  ],
  ["globalAverage", globalAverage, [1, 1], [4.5]],
  ["globalSum", globalSum, [1, 1], [36]],
  ["upsample and back", sequential([upsample(), avgPool()]), [1, 1, 2, 4], [...x.data]],
  ["resize to half", resize([1, 2], "bilinear"), [1, 1, 1, 2], [3.5, 5.5]],
  ["pixelUnshuffle", pixelUnshuffle(), [1, 4, 1, 2], [1, 3, 2, 4, 5, 7, 6, 8]],
  ["pixelShuffle back", sequential([pixelUnshuffle(), pixelShuffle()]), [1, 1, 2, 4], [...x.data]],
])("%s", (_, layer, shape, values) => {
  const y = resultOf(layer, x);
  expect(y.shape).toEqual(shape);
  values.forEach((v, i) => {
    expect(y.data[i]).toBeCloseTo(v, 10);
  });
});

test("upsample repeats pixels", () => {
  const y = resultOf(upsample([1, 2]), array([1, 1, 1, 2], [1, 2]));
  expect([...y.data]).toEqual([1, 1, 2, 2]);
});

test.each<[string, Layer]>([
  ["avgPool", avgPool(2, { stride: 1 })],
  ["maxPool", maxPool()],
  ["upsample", upsample()],
  ["globalSum", globalSum],
])("derivatives, %s", (_, layer) => {
  expect(layerError(layer, noise([2, 2, 4, 2]))).toBeLessThan(1e-6);
});
