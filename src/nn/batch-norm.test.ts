import { expect, test } from "vitest";
import { array, layerError, noise, resultOf, stateAfter } from "../../test/layers.ts";
import { batchNorm } from "./batch-norm.ts";

const x = noise([4, 3, 2, 2]);
/** Values of a channel, by hand. */
const channel = (data: ArrayLike<number>, c: number) =>
  [0, 1, 2, 3].flatMap((n) => [0, 1, 2, 3].map((i) => data[(n * 3 + c) * 4 + i]!));
const mean = (v: number[]) => v.reduce((a, b) => a + b, 0) / v.length;
const squares = (v: number[]) => v.reduce((a, b) => a + (b - mean(v)) ** 2, 0);

test("training: batch statistics with the biased variance, then gain and bias", () => {
  const set = { "net.weight": array([3], [1, 2, -1]), "net.bias": array([3], [0, 5, 0.5]) };
  const y = resultOf(batchNorm(), x, { set });
  for (let c = 0; c < 3; c++) {
    const v = channel(x.data, c);
    const [gain, bias] = [set["net.weight"].data[c]!, set["net.bias"].data[c]!];
    const std = Math.sqrt(squares(v) / 16 + 1e-5);
    const expected = v.map((e) => ((e - mean(v)) / std) * gain + bias);
    channel(y.data, c).forEach((got, i) => {
      expect(got).toBeCloseTo(expected[i]!, 12);
    });
  }
});

test("training moves the running statistics, the variance by the unbiased one", () => {
  const state = stateAfter(batchNorm(), x, {
    "net.runningMean": array([3], [1, 2, 3]),
    "net.runningVariance": array([3], [4, 5, 6]),
  });
  for (let c = 0; c < 3; c++) {
    const v = channel(x.data, c);
    expect(state["net.runningMean"]!.data[c]).toBeCloseTo(0.9 * (c + 1) + 0.1 * mean(v), 12);
    expect(state["net.runningVariance"]!.data[c]).toBeCloseTo(
      0.9 * (c + 4) + (0.1 * squares(v)) / 15,
      12,
    );
  }
});

test("inference: running statistics, no writes", () => {
  const set = {
    "net.runningMean": array([3], [1, 2, 3]),
    "net.runningVariance": array([3], [4, 5, 6]),
  };
  const y = resultOf(batchNorm({ affine: false }), x, { training: false, set });
  for (let c = 0; c < 3; c++) {
    const expected = channel(x.data, c).map((e) => (e - (c + 1)) / Math.sqrt(c + 4 + 1e-5));
    channel(y.data, c).forEach((got, i) => {
      expect(got).toBeCloseTo(expected[i]!, 12);
    });
  }
});

test("applied twice in a step, the statistics move twice", () => {
  const twice = stateAfter((t, scope) => {
    batchNorm()(t, scope);
    return batchNorm()(t, scope);
  }, x);
  const v = channel(x.data, 0);
  expect(twice["net.runningMean"]!.data[0]).toBeCloseTo(0.19 * mean(v), 12);
});

test.each([
  ["training, 4-D", [3, 2, 2, 2], true],
  ["training, 2-D", [5, 3], true],
  ["inference", [3, 2, 2, 2], false],
])("derivatives to second order, %s", (_, shape, training) => {
  expect(layerError(batchNorm(), noise(shape), { training })).toBeLessThan(1e-6);
});
