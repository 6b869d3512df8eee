import { expect, test } from "vitest";
import { array, layerError, noise, resultOf } from "../../test/layers.ts";
import { conv } from "./conv.ts";
import { convTranspose } from "./conv-transpose.ts";
import { equalised } from "./equalised.ts";
import { ones, zeros } from "./initialisers.ts";

const options = { init: ones, biasInit: zeros, weightTransform: equalised() };

test("weights are scaled by √(2/fan-in)", () => {
  const x = array([1, 2, 1, 1], [1, 1]);
  const [y] = resultOf(conv(1, { kernel: 3, pad: 1, ...options }), x).data;
  expect(y).toBeCloseTo(2 * Math.sqrt(2 / 18), 12);
});

test("of a transposed convolution fan-in counts input channels", () => {
  const [y] = resultOf(
    convTranspose(7, { kernel: 2, ...options }),
    array([1, 2, 1, 1], [1, 1]),
  ).data;
  expect(y).toBeCloseTo(2 * Math.sqrt(2 / 8), 12);
});

test("derivatives", () => {
  expect(layerError(conv(2, { kernel: 1, ...options }), noise([2, 2, 2, 2]))).toBeLessThan(1e-7);
});
