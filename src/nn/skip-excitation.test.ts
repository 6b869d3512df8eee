import { expect, test } from "vitest";
import { apply, array, layerError, noise, resultOf } from "../../test/layers.ts";
import { input } from "../engine/ir/leaves.ts";
import { reshape, sliceAxis } from "../engine/ops/index.ts";
import { evaluate } from "../engine/reference/evaluate.ts";
import type { Layer } from "./module.ts";
import { noiseInjection } from "./noise-injection.ts";
import { skipExcitation } from "./skip-excitation.ts";

const sigma = (v: number) => 1 / (1 + Math.exp(-v));

test("by hand: a channel is scaled by the gate that the small map gives", () => {
  const low = input("low", [1, 1, 8, 8]);
  const high = input("high", [1, 1, 2, 2]);
  const { y, feeds } = apply((scope) => skipExcitation()({ low, high }, scope));
  // A 8x8 map of 0.5 is 0.5 everywhere at 4x4 too; sixteen taps of 1/4 make 2 of it.
  const given = {
    "net.squeeze.weight": array([1, 1, 4, 4], new Array(16).fill(0.25)),
    "net.excite.weight": array([1, 1, 1, 1], [3]),
    low: array([1, 1, 8, 8], new Array(64).fill(0.5)),
    high: array([1, 1, 2, 2], [1, 2, -3, 4]),
  };
  const gate = sigma(3 * 2 * sigma(2));
  const [made] = evaluate([y], { ...feeds, ...given });
  [1, 2, -3, 4].forEach((v, i) => {
    expect(made!.data[i]).toBeCloseTo(v * gate, 10);
  });
});

test.each([5, 6, 7, 8, 14])("gradients are right, with a small map of side %i", (side) => {
  const both: Layer = (x, scope) => {
    const part = (start: number, end: number, shape: number[]) =>
      reshape(sliceAxis(x, { axis: 1, start, end }), { shape });
    const low = part(0, side * side, [2, 1, side, side]);
    return skipExcitation()({ low, high: part(side * side, side * side + 8, [2, 2, 2, 2]) }, scope);
  };
  expect(layerError(both, noise([2, side * side + 8]))).toBeLessThan(1e-6);
});

test("noise: one strength, the same on all channels, of each image its own; none in use", () => {
  const x = array([2, 2, 2, 2], new Array(16).fill(1));
  const set = { "net.weight": array([], [0.5]) };
  const { data } = resultOf(noiseInjection, x, { set });
  expect(data.slice(0, 4)).toEqual(data.slice(4, 8));
  expect(data.slice(0, 4)).not.toEqual(data.slice(8, 12));
  expect(resultOf(noiseInjection, x).data).toEqual(x.data);
  expect(resultOf(noiseInjection, x, { set, training: false }).data).toEqual(x.data);
  expect(layerError(noiseInjection, noise([2, 2, 2, 2]))).toBeLessThan(1e-6);
});
