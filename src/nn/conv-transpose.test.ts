import { expect, test } from "vitest";
import { apply, array, layerError, noise, resultOf } from "../../test/layers.ts";
import { input } from "../engine/ir/leaves.ts";
import { type ConvTranspose, convTranspose } from "./conv-transpose.ts";
import { heUniform } from "./initialisers.ts";

test.each<[string, readonly number[], ConvTranspose, readonly number[]]>([
  ["DCGAN's projection", [2, 8, 1, 1], { kernel: 4 }, [2, 6, 4, 4]],
  ["DCGAN's doubling", [2, 8, 4, 4], { kernel: 4, stride: 2, pad: 1 }, [2, 6, 8, 8]],
  ["outputPad", [2, 8, 4, 4], { kernel: 3, stride: 2, pad: 1, outputPad: 1 }, [2, 6, 8, 8]],
  ["same", [2, 8, 4, 5], { kernel: 5, stride: 2, pad: "same" }, [2, 6, 8, 10]],
  ["1-D", [2, 8, 5], { kernel: 3, stride: 3 }, [2, 6, 15]],
  ["groups, dilation", [2, 8, 4, 4], { kernel: 3, groups: 2, dilation: 2 }, [2, 6, 8, 8]],
])("%s gives its size", (_, x, options, expected) => {
  const made = apply((scope) => convTranspose(6, options)(input("x", x), scope));
  expect(made.y.shape).toEqual(expected);
  const weight = made.variables.all()[0]!.shape;
  expect(weight.slice(0, 2)).toEqual([8, 6 / (options.groups ?? 1)]);
});

test("each pixel paints the kernel", () => {
  const set = { "net.weight": array([1, 1, 2], [1, 10]), "net.bias": array([1], [0.5]) };
  const y = resultOf(convTranspose(1, { kernel: 2, stride: 2 }), array([1, 1, 2], [3, 4]), { set });
  expect([...y.data]).toEqual([3.5, 30.5, 4.5, 40.5]);
});

test("a given initialiser counts what feeds an output; the default is PyTorch's", () => {
  const x = input("x", [1, 32, 1, 1]);
  const peak = (options: ConvTranspose) => {
    const { feeds } = apply((scope) => convTranspose(8, options)(x, scope));
    return Math.max(...feeds["net.weight"]!.data.map(Math.abs));
  };
  expect(peak({ kernel: 2, init: heUniform() })).toBeCloseTo(Math.sqrt(6 / (32 * 4)), 2);
  expect(peak({ kernel: 2 })).toBeCloseTo(Math.sqrt(1 / (8 * 4)), 2);
});

test("derivatives", () => {
  const layer = convTranspose(2, { kernel: 3, stride: 2, pad: 1, outputPad: 1 });
  expect(layerError(layer, noise([2, 3, 2, 3]))).toBeLessThan(1e-7);
});
