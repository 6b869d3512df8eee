import { expect, test } from "vitest";
import { array, layerError, noise, resultOf } from "../../test/layers.ts";
import * as act from "./activations.ts";
import { type Layer, sequential } from "./module.ts";
import { flatten, reflectPad, reshape } from "./shape.ts";

const x = array([1, 3], [-2, 0.5, 3]);
const sigma = (v: number) => 1 / (1 + Math.exp(-v));

test.each<[string, Layer, (v: number) => number]>([
  ["identity", act.identity, (v) => v],
  ["relu", act.relu, (v) => Math.max(0, v)],
  ["leaky", act.leaky(), (v) => (v > 0 ? v : 0.2 * v)],
  ["leaky 0.1", act.leaky(0.1), (v) => (v > 0 ? v : 0.1 * v)],
  ["tanh", act.tanh, Math.tanh],
  ["sigmoid", act.sigmoid, sigma],
  ["softplus", act.softplus, (v) => Math.log(1 + Math.exp(v))],
  ["silu", act.silu, (v) => v * sigma(v)],
  ["elu", act.elu(2), (v) => (v > 0 ? v : 2 * (Math.exp(v) - 1))],
])("%s", (_, layer, f) => {
  resultOf(layer, x).data.forEach((y, i) => {
    expect(y).toBeCloseTo(f(x.data[i]!), 12);
  });
});

test("gelu: Φ(0.5) = 0.6914624612740131", () => {
  expect(resultOf(act.gelu, x).data[1]).toBeCloseTo(0.5 * 0.6914624612740131, 10);
});

test("selu keeps mean 0 and variance 1", () => {
  const { data } = resultOf(act.selu, noise([20000]));
  const mean = data.reduce((a, b) => a + b, 0) / data.length;
  expect(mean).toBeCloseTo(0, 1);
  expect(data.reduce((a, b) => a + (b - mean) ** 2, 0) / data.length).toBeCloseTo(1, 1);
});

test("glu: the second half of the channels gates the first", () => {
  const y = resultOf(act.glu, array([1, 4, 1], [3, -2, 0, Math.log(3)]));
  expect(y.shape).toEqual([1, 2, 1]);
  expect(y.data[0]).toBeCloseTo(1.5, 12);
  expect(y.data[1]).toBeCloseTo(-1.5, 12);
  expect(layerError(act.glu, noise([2, 4, 3]))).toBeLessThan(1e-6);
});

test("softmax, on the axis that is named", () => {
  const { data } = resultOf(act.softmax({ axis: 0 }), array([2, 1], [0, Math.log(3)]));
  expect(data[1]).toBeCloseTo(0.75, 12);
});

test("in sequence, activations and shapes are layers like others", () => {
  const net = sequential([reshape([1, 1, 3]), reflectPad(0), act.tanh, flatten, act.leaky()]);
  const y = resultOf(net, x);
  expect(y.shape).toEqual([1, 3]);
  expect(y.data[0]).toBeCloseTo(0.2 * Math.tanh(-2), 12);
  expect(layerError(net, x)).toBeLessThan(1e-7);
});

test("reflectPad mirrors without the edge", () => {
  const y = resultOf(reflectPad(1), array([1, 1, 3], [1, 2, 3]));
  expect([...y.data]).toEqual([2, 1, 2, 3, 2]);
});
