import { describe, expect, test } from "vitest";
import { apply, array, layerError, noise, resultOf } from "../../test/layers.ts";
import { input } from "../engine/ir/leaves.ts";
import { type Conv, conv } from "./conv.ts";

const shapeOf = (x: readonly number[], out: number, options: Conv) =>
  apply((scope) => conv(out, options)(input("x", x), scope)).y.shape;

test("3x3 of ones sums the neighbourhood, plus bias", () => {
  const set = {
    "net.weight": array([1, 1, 3, 3], new Array(9).fill(1)),
    "net.bias": array([1], [100]),
  };
  const x = array([1, 1, 2, 3], [1, 2, 3, 4, 5, 6]);
  const y = resultOf(conv(1, { kernel: 3, pad: 1 }), x, { set });
  expect([...y.data]).toEqual([112, 121, 116, 112, 121, 116]);
});

describe("shapes", () => {
  test.each<[string, readonly number[], Conv, readonly number[]]>([
    ["no pad", [2, 3, 8, 8], { kernel: 3 }, [2, 5, 6, 6]],
    ["DCGAN's halving", [2, 3, 8, 8], { kernel: 4, stride: 2, pad: 1 }, [2, 5, 4, 4]],
    ["same, even kernel", [2, 3, 8, 7], { kernel: 4, pad: "same" }, [2, 5, 8, 7]],
    ["same, stride 2", [2, 3, 7, 8], { kernel: 5, stride: 2, pad: "same" }, [2, 5, 4, 4]],
    ["same, dilated", [2, 3, 9, 9], { kernel: 3, dilation: 2, pad: "same" }, [2, 5, 9, 9]],
    ["1-D", [2, 3, 9], { kernel: 3, pad: "same" }, [2, 5, 9]],
    ["3-D", [2, 3, 4, 5, 6], { kernel: [1, 3, 3], pad: "same" }, [2, 5, 4, 5, 6]],
    [
      "pairs",
      [2, 3, 4, 4],
      {
        kernel: 2,
        pad: [
          [1, 0],
          [0, 1],
        ],
      },
      [2, 5, 4, 4],
    ],
  ])("%s", (_, x, options, expected) => {
    expect(shapeOf(x, 5, options)).toEqual(expected);
  });

  test("groups divide the weight's second axis", () => {
    const x = input("x", [1, 4, 5, 5]);
    const { variables } = apply((s) => conv(6, { kernel: 3, groups: 2, bias: false })(x, s));
    expect(variables.all().map((v) => v.shape)).toEqual([[6, 2, 3, 3]]);
  });
});

test("derivatives", () => {
  const layer = conv(2, { kernel: 3, stride: 2, pad: 1 });
  expect(layerError(layer, noise([2, 2, 5, 4]))).toBeLessThan(1e-7);
});
