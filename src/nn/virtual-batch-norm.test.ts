import { expect, test } from "vitest";
import { apply, array, layerError, noise, resultOf, stateAfter } from "../../test/layers.ts";
import { input } from "../engine/ir/leaves.ts";
import { batchNorm } from "./batch-norm.ts";
import { linear } from "./linear.ts";
import { sequential } from "./module.ts";
import { virtualBatchNorm, withReference } from "./virtual-batch-norm.ts";

const layer = virtualBatchNorm({ reference: 2, eps: 0 });

test("points: the reference by its own moments, each item by those of reference and item", () => {
  // Reference 1 and 3: mean 2, mean square 5. With an item 5: mean 9/3, mean square 35/3.
  const y = resultOf(layer, array([4, 1], [1, 3, 5, 2]));
  const expected = [-1, 1, (5 - 3) / Math.sqrt(35 / 3 - 9), (2 - 2) / Math.sqrt(14 / 3 - 4)];
  expected.forEach((v, i) => {
    expect(y.data[i]).toBeCloseTo(v, 12);
  });
});

test("maps: an item's moments are over its places, and weigh as one of R + 1; gain and bias", () => {
  const set = { "net.weight": array([1], [3]), "net.bias": array([1], [10]) };
  const x = array([3, 1, 1, 2], [0, 2, 2, 4, 4, 8]);
  const y = resultOf(layer, x, { set });
  // Reference: mean 2, mean square 6. Item: 6 and 40. Together: 10/3 and 52/3.
  const std = Math.sqrt(52 / 3 - 100 / 9);
  expect(y.data[4]).toBeCloseTo(10 + (3 * (4 - 10 / 3)) / std, 12);
  expect(y.data[5]).toBeCloseTo(10 + (3 * (8 - 10 / 3)) / std, 12);
  expect(y.data[0]).toBeCloseTo(10 + (3 * (0 - 2)) / Math.sqrt(2), 12);
});

test("far from zero the variance does not cancel away", () => {
  const near = resultOf(layer, array([3, 1], [1, 3, 5]));
  const far = resultOf(layer, array([3, 1], [1e6 + 1, 1e6 + 3, 1e6 + 5]));
  expect(far.data[2]).toBeCloseTo(near.data[2]!, 8);
});

test("gradients match central differences, twice, on points and on maps", () => {
  expect(layerError(virtualBatchNorm({ reference: 2 }), noise([4, 3]))).toBeLessThan(1e-6);
  expect(layerError(virtualBatchNorm({ reference: 3 }), noise([5, 2, 2, 2]))).toBeLessThan(1e-6);
});

test("the reference rows alone are refused, with what to do", () => {
  expect(() => resultOf(layer, noise([2, 3]))).toThrow(/withReference/);
});

const net = withReference(sequential([linear(4), virtualBatchNorm({ reference: 8 })]), 8);

test("withReference: an item's result does not depend on its neighbours; by batch norm it does", () => {
  const x = noise([3, 2]);
  const swapped = { ...x, data: x.data.map((v, i) => (i < 2 ? v : -2 * v)) };
  const first = (layer: typeof net, at: typeof x) =>
    Array.from(resultOf(layer, at).data.slice(0, 4));
  expect(first(net, x)).toEqual(first(net, swapped));
  const byBatch = sequential([linear(4), batchNorm()]);
  expect(first(byBatch, x)).not.toEqual(first(byBatch, swapped));
});

test("withReference: training and use agree, and the codes are state that nothing writes", () => {
  const x = noise([3, 2]);
  expect(resultOf(net, x, { training: true })).toEqual(resultOf(net, x, { training: false }));
  expect(resultOf(net, x).shape).toEqual([3, 4]);
  expect(stateAfter(net, x)).toEqual({});
});

test("withReference: the codes are normal and follow the seed", () => {
  const codes = (seed: number) => {
    const wide = withReference((x) => x, 500);
    const { feeds } = apply((scope) => wide(input("x", [1, 4]), scope), { seed });
    return feeds["net.reference"]!;
  };
  expect(codes(1).shape).toEqual([500, 4]);
  const mean = Array.from(codes(1).data).reduce((a, b) => a + b, 0) / 2000;
  expect(Math.abs(mean)).toBeLessThan(0.1);
  expect(codes(1)).toEqual(codes(1));
  expect(codes(1).data).not.toEqual(codes(2).data);
});
