import { describe, expect, test } from "vitest";
import { array, layerError, noise, resultOf } from "../../test/layers.ts";
import { input } from "../engine/ir/leaves.ts";
import { reshape, sliceAxis } from "../engine/ops/index.ts";
import { adaptiveInstanceNorm } from "./adaptive-instance-norm.ts";
import { batchNorm } from "./batch-norm.ts";
import { conditionalBatchNorm } from "./conditional-batch-norm.ts";
import { byClass, byVector, type Conditioned } from "./conditioner.ts";
import { instanceNorm } from "./instance-norm.ts";
import type { Layer, Net } from "./module.ts";

const x = noise([3, 2, 2, 2]);
const labels = { ...array([3], [1, 0, 1]), dtype: "i32" } as const;
const vectors = noise([3, 4], 5);

/** The net with its condition as a second input of a fixed value. */
const given =
  (net: Net<Conditioned>, condition: typeof vectors): Layer =>
  (t, scope) =>
    net({ x: t, condition: input("condition", condition.shape, condition.dtype) }, scope);

test("by class: batch norm with the gain and bias of each item's class", () => {
  const net = given(conditionalBatchNorm(byClass(2)), labels);
  const set = {
    condition: labels,
    "net.gain.weight": array([2, 2], [1, 2, 3, 4]),
    "net.bias.weight": array([2, 2], [10, 20, 30, 40]),
  };
  const y = resultOf(net, x, { set });
  const plain = resultOf(batchNorm({ affine: false }), x);
  y.data.forEach((v, i) => {
    const [item, channel] = [Math.floor(i / 8), Math.floor(i / 4) % 2];
    const row = labels.data[item]! * 2 + channel;
    expect(v).toBeCloseTo(plain.data[i]! * (row + 1) + 10 * (row + 1), 10);
  });
});

test("by class: begins as plain batch norm", () => {
  const y = resultOf(given(conditionalBatchNorm(byClass(2)), labels), x, {
    set: { condition: labels },
  });
  expect(y.data).toEqual(resultOf(batchNorm(), x).data);
});

test("by vector: gain 1 + A·c, bias B·c; a zero vector is plain instance norm", () => {
  const nothing = array([3, 4], new Float64Array(12));
  const net = given(adaptiveInstanceNorm(byVector()), nothing);
  expect(resultOf(net, x, { set: { condition: nothing } }).data).toEqual(
    resultOf(instanceNorm(), x).data,
  );
  const set = {
    condition: vectors,
    "net.gain.weight": array([2, 4], [1, 0, 0, 0, 0, 1, 0, 0]),
    "net.bias.weight": array([2, 4], [0, 0, 1, 0, 0, 0, 0, 1]),
  };
  const y = resultOf(given(adaptiveInstanceNorm(byVector()), vectors), x, { set });
  const plain = resultOf(instanceNorm(), x);
  y.data.forEach((v, i) => {
    const [item, channel] = [Math.floor(i / 8), Math.floor(i / 4) % 2];
    const c = vectors.data.subarray(item * 4, item * 4 + 4);
    expect(v).toBeCloseTo(plain.data[i]! * (1 + c[channel]!) + c[2 + channel]!, 10);
  });
});

describe("derivatives to second order, by image, condition and parameters", () => {
  const d = 3;
  /** Image and vector out of one input [n, c·h·w + d], so that both are checked. */
  test.each<[string, Net<Conditioned>]>([
    ["conditionalBatchNorm", conditionalBatchNorm(byVector())],
    ["adaptiveInstanceNorm", adaptiveInstanceNorm()],
  ])("%s", (_, net) => {
    const layer: Layer = (t, scope) =>
      net(
        {
          x: reshape(sliceAxis(t, { axis: 1, start: d, end: d + 8 }), { shape: [-1, 2, 2, 2] }),
          condition: sliceAxis(t, { axis: 1, start: 0, end: d }),
        },
        scope,
      );
    expect(layerError(layer, noise([3, d + 8]))).toBeLessThan(1e-6);
  });
});
