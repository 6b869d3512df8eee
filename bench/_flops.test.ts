import { expect, test } from "vitest";
import { grad } from "../src/engine/autodiff/grad.ts";
import { input } from "../src/engine/ir/leaves.ts";
import { conv, convTranspose, matmul, sum } from "../src/engine/ops/index.ts";
import { program } from "../src/engine/program.ts";
import { flopsOf } from "./_flops.ts";

const halving = { strides: [2, 2], pads: [[1, 1] as const, [1, 1] as const] };
// [2,3,8,8] → [2,5,4,4], 4x4 kernel: 2·5·4·4 results of 3·4·4 products each, twice.
const once = 2 * (2 * 5 * 4 * 4) * (3 * 4 * 4);

test("a convolution and both its gradients take the same number of operations", () => {
  const [x, w] = [input("x", [2, 3, 8, 8]), input("w", [5, 3, 4, 4])];
  const y = conv(x, w, halving);
  const [gx, gw] = grad(sum(y, { keep: false }), [x, w]);
  expect(flopsOf(program({ y, gx: gx!, gw: gw! }))).toEqual({
    forward: once,
    inputGradient: once,
    weightGradient: once,
    product: 0,
    total: 3 * once,
  });
});

test("groups share nothing", () => {
  const y = conv(input("x", [2, 4, 8, 8]), input("w", [6, 2, 3, 3]), { groups: 2 });
  expect(flopsOf(program({ y })).forward).toBe(2 * (2 * 6 * 6 * 6) * (2 * 3 * 3));
});

test("a transposed convolution and products of matrices, a repetition counting once", () => {
  const y = convTranspose(input("y", [2, 5, 4, 4]), input("w", [5, 3, 4, 4]), {
    ...halving,
    size: [8, 8],
  });
  const [a, b] = [input("a", [7, 6]), input("b", [7, 9])];
  const ab = matmul(a, b, { transposeA: true });
  const same = matmul(a, b, { transposeA: true });
  expect(flopsOf(program({ y, ab, same }))).toMatchObject({
    inputGradient: once,
    product: 2 * 6 * 7 * 9,
    total: once + 2 * 6 * 7 * 9,
  });
});
