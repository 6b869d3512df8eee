import { describe, expect, test } from "vitest";
import { apply, layerError, noise, resultOf } from "../../test/layers.ts";
import { input } from "../engine/ir/leaves.ts";
import type { Shape } from "../engine/ir/type.ts";
import { conv } from "./conv.ts";
import type { Layer } from "./module.ts";
import { avgPool } from "./pool.ts";
import { pooledConv, type ResampledConv, upsampledConv } from "./resampled-conv.ts";
import { upsample } from "./upsample.ts";

const cases: [string, Shape, ResampledConv][] = [
  ["SNGAN's 3x3", [2, 3, 4, 6], { kernel: 3, pad: 1 }],
  ["1x1 without bias", [2, 3, 4, 4], { kernel: 1, bias: false }],
  ["no pads, by three", [2, 3, 6, 7], { kernel: 3, factor: 3 }],
  ["an even kernel", [1, 2, 4, 5], { kernel: 4, pad: 2 }],
  ["1-D", [2, 3, 6], { kernel: 3, pad: 2 }],
  ["3-D", [1, 2, 2, 4, 2], { kernel: 3, pad: 1 }],
];

/** The two layers that one of ours stands for, in one scope. */
const upThenConv =
  ({ factor = 2, ...options }: ResampledConv): Layer =>
  (x, scope) =>
    conv(5, options)(upsample(factor)(x, scope), scope);
const convThenPool =
  ({ factor = 2, ...options }: ResampledConv): Layer =>
  (x, scope) =>
    avgPool(factor)(conv(5, options)(x, scope), scope);

describe.each([
  ["upsampledConv", upsampledConv, upThenConv],
  ["pooledConv", pooledConv, convThenPool],
])("%s", (_, one, two) => {
  test.each(cases)("is its two layers in one: %s", (__, shape, options) => {
    const got = resultOf(one(5, options), noise(shape));
    const want = resultOf(two(options), noise(shape));
    expect(got.shape).toEqual(want.shape);
    want.data.forEach((v, i) => {
      expect(got.data[i]!).toBeCloseTo(v, 10);
    });
    const kept = (layer: Layer) =>
      apply((scope) => layer(input("x", shape), scope)).variables.all();
    expect(kept(one(5, options)).map(({ name, shape }) => [name, shape])).toEqual(
      kept(two(options)).map(({ name, shape }) => [name, shape]),
    );
  });

  test("derivatives", () => {
    const layer = one(2, { kernel: 3, pad: 1 });
    expect(layerError(layer, noise([2, 3, 2, 4]))).toBeLessThan(1e-7);
  });
});

test("a transform sees the weight that is learnt", () => {
  const seen: Shape[] = [];
  const options: ResampledConv = {
    kernel: 3,
    pad: 1,
    weightTransform: (weight) => {
      seen.push(weight.shape);
      return weight;
    },
  };
  for (const layer of [upsampledConv(5, options), pooledConv(5, options)]) {
    apply((scope) => layer(input("x", [2, 3, 4, 4]), scope));
  }
  expect(seen).toEqual([
    [5, 3, 3, 3],
    [5, 3, 3, 3],
  ]);
});
