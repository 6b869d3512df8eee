import { expect, test } from "vitest";
import { apply, array, layerError, noise, resultOf } from "../../test/layers.ts";
import { input } from "../engine/ir/leaves.ts";
import { linear } from "./linear.ts";

test("x·Wᵀ + b by hand, on the last axis", () => {
  const set = {
    "net.weight": array([2, 3], [1, 2, 3, 4, 5, 6]),
    "net.bias": array([2], [10, 20]),
  };
  const y = resultOf(linear(2), array([1, 2, 3], [1, 0, -1, 2, 1, 0]), { set });
  expect(y.shape).toEqual([1, 2, 2]);
  expect([...y.data]).toEqual([8, 18, 14, 33]);
});

test("declares PyTorch's shapes and bounds; bias is optional", () => {
  const x = input("x", [4, 16]);
  const { variables, feeds } = apply((scope) => linear(300)(x, scope));
  expect(variables.all().map((v) => [v.name, v.shape])).toEqual([
    ["net.weight", [300, 16]],
    ["net.bias", [300]],
  ]);
  for (const v of variables.all()) {
    const top = Math.max(...feeds[v.name]!.data.map(Math.abs));
    expect(top).toBeGreaterThan(0.24);
    expect(top).toBeLessThanOrEqual(0.25);
  }
  const bare = apply((scope) => linear(3, { bias: false })(x, scope));
  expect(bare.variables.all().length).toBe(1);
});

test.each([
  ["matrix", [3, 4]],
  ["batch of matrices", [2, 2, 4]],
])("derivatives, %s", (_, shape) => {
  expect(layerError(linear(3), noise(shape))).toBeLessThan(1e-7);
});

test("a weight transform sees weight and fan-in, and its result is used", () => {
  const layer = linear(2, {
    bias: false,
    weightTransform: (w, _, { fanIn }) => {
      expect(fanIn).toBe(3);
      return w;
    },
  });
  expect(resultOf(layer, noise([5, 3])).shape).toEqual([5, 2]);
});
