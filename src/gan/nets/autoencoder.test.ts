import { expect, test } from "vitest";
import { apply, array, layerError, noise, resultOf } from "../../../test/layers.ts";
import { input } from "../../engine/ir/leaves.ts";
import { mul } from "../../engine/ops/index.ts";
import { autoencoder, encoder, reconstructionScore } from "./autoencoder.ts";

test("by hand: one that halves everything is off by half the mean size", () => {
  const score = reconstructionScore((x) => mul(x, 0.5));
  const { shape, data } = resultOf(score, array([2, 2], [1, -3, 0, 0]));
  expect(shape).toEqual([2]);
  expect(data[0]).toBeCloseTo(-1, 12);
  expect(data[1]).toBeCloseTo(0, 12);
});

test.each([{ item: [2] }, { item: [1, 8, 8] }])(
  "codes and items of $item have their shapes",
  ({ item }) => {
    const shape = { item, width: 3, code: 5 };
    const x = noise([4, ...item]);
    expect(resultOf(encoder(shape), x).shape).toEqual([4, 5]);
    expect(resultOf(autoencoder(shape), x).shape).toEqual([4, ...item]);
  },
);

test("gradients of the score match central differences", () => {
  const net = reconstructionScore(autoencoder({ item: [2], width: 4, code: 3 }));
  expect(layerError(net, noise([3, 2]))).toBeLessThan(1e-5);
});

test("its parameters carry the names of both halves", () => {
  const net = autoencoder({ item: [2], width: 4, code: 3 });
  const { variables } = apply((scope) => net(input("x", [3, 2]), scope));
  const names = variables.all().map((v) => v.name);
  expect(names).toContain("net.encode.code.weight");
  expect(names).toContain("net.decode.out.weight");
});
