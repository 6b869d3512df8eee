import { expect, test } from "vitest";
import { apply, array, layerError, noise, resultOf } from "../../test/layers.ts";
import { input } from "../engine/ir/leaves.ts";
import { conv } from "./conv.ts";
import { convTranspose } from "./conv-transpose.ts";
import { linear } from "./linear.ts";
import { weightNorm } from "./weight-norm.ts";

const layer = linear(2, { bias: false, weightTransform: weightNorm() });

test("each output's weights have the length g, whatever v's", () => {
  const set = {
    "net.weight": array([2, 2], [3, 4, 0, -0.1]),
    "net.length": array([2], [10, 2]),
  };
  const y = resultOf(layer, array([1, 2], [1, 2]), { set });
  expect(y.data[0]).toBeCloseTo(6 + 16, 12);
  expect(y.data[1]).toBeCloseTo(-4, 12);
});

test("a fixed length declares no parameter of its own", () => {
  const fixed = linear(2, {
    bias: false,
    weightTransform: weightNorm({ length: 3, learnt: false }),
  });
  const set = { "net.weight": array([2, 2], [3, 4, 0, -0.1]) };
  const y = resultOf(fixed, array([1, 2], [1, 2]), { set });
  expect(Array.from(y.data, (v) => Number(v.toFixed(9)))).toEqual([6.6, -6]);
  const { variables } = apply((scope) => fixed(input("x", [1, 2]), scope));
  expect(variables.all().map((v) => v.name)).toEqual(["net.weight"]);
});

test("outputs lie on axis 1 of a transposed convolution: twice v is the same layer", () => {
  for (const make of [conv, convTranspose]) {
    const net = make(2, { kernel: 3, bias: false, weightTransform: weightNorm() });
    const x = noise([1, 3, 4, 4]);
    const shape = make === conv ? [2, 3, 3, 3] : [3, 2, 3, 3];
    const v = noise(shape, 5);
    const twice = (out: number, i: number) => v.data[i]! * (out === 1 ? 2 : 1);
    const outOf = (i: number) => (make === conv ? Math.floor(i / 27) : Math.floor(i / 9) % 2);
    const scaled = { ...v, data: v.data.map((_, i) => twice(outOf(i), i)) };
    const [a, b] = [v, scaled].map((w) => resultOf(net, x, { set: { "net.weight": w } }));
    a!.data.forEach((value, i) => {
      expect(b!.data[i]).toBeCloseTo(value, 10);
    });
  }
});

test("gradients match central differences, twice", () => {
  expect(layerError(layer, noise([3, 2]))).toBeLessThan(1e-6);
});
