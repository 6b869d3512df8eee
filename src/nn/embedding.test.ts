import { expect, test } from "vitest";
import { apply, array, layerError, resultOf } from "../../test/layers.ts";
import { input } from "../engine/ir/leaves.ts";
import { embedding } from "./embedding.ts";
import { spectralNorm } from "./spectral-norm.ts";

const labels = { ...array([3], [2, 0, 2]), dtype: "i32" } as const;

test("picks rows", () => {
  const set = { "net.weight": array([3, 2], [1, 2, 3, 4, 5, 6]) };
  const y = resultOf(embedding(3, 2), labels, { set });
  expect(y.shape).toEqual([3, 2]);
  expect([...y.data]).toEqual([5, 6, 1, 2, 5, 6]);
});

test("a row that occurs twice gets both gradients", () => {
  expect(layerError(embedding(3, 2), labels)).toBeLessThan(1e-7);
});

test("can be spectrally normalised", () => {
  const layer = embedding(3, 2, { weightTransform: spectralNorm() });
  const { variables } = apply((scope) => layer(input("x", [3], "i32"), scope));
  expect(variables.get("net.u")!.shape).toEqual([3]);
  expect(layerError(layer, labels, { training: false })).toBeLessThan(1e-6);
});
