import { expect, test } from "vitest";
import { grad } from "../../src/engine/autodiff/grad.ts";
import { input } from "../../src/engine/ir/leaves.ts";
import { print } from "../../src/engine/ir/print.ts";
import {
  add,
  conv,
  leakyRelu,
  matmul,
  mean,
  norm,
  softplus,
  square,
  sub,
  sum,
} from "../../src/engine/ops/index.ts";
import { program } from "../../src/engine/program.ts";

/*
 * What the compiler makes of small, common things, as text. A change here is a change of every step
 * graph: read the difference, then accept it with `npx vitest -u`.
 */

test("gradient of a dense layer with a leaky relu", () => {
  const [x, w, b] = [input("x", [8, 4]), input("w", [3, 4]), input("b", [3])];
  const loss = mean(square(leakyRelu(add(matmul(x, w, { transposeB: true }), b))));
  const [dw, db] = grad(loss, [w, b]);
  expect(print(program({ loss, dw: dw!, db: db! }).outputs)).toMatchInlineSnapshot(`
    "%0 = input x : f32[8,4]
    %1 = input w : f32[3,4]
    %2 = input b : f32[3]
    %3 = matmul(%0, %1, {transposeB: true}) : f32[8,3]
    %4 = add(%3, %2) : f32[8,3]
    %5 = leakyRelu(%4) : f32[8,3]
    %6 = mul(%5, %5) : f32[8,3]
    %7 = sum(%6) : f32[]
    %8 = mul(%7, 0.041666666666666664) : f32[]
    %9 = step(%5) : f32[8,3]
    %10 = maximum(%9, 0.2) : f32[8,3]
    %11 = mul(0.08333333333333333, %5) : f32[8,3]
    %12 = mul(%11, %10) : f32[8,3]
    %13 = sum(%12, {axes: [0]}) : f32[3]
    %14 = matmul(%12, %0, {transposeA: true}) : f32[3,4]
    return loss = %8, dw = %14, db = %13"
  `);
});

test("gradient of a convolution under the non-saturating loss", () => {
  const [x, w] = [input("x", [2, 3, 8, 8]), input("w", [4, 3, 4, 4])];
  const attrs = {
    strides: [2, 2],
    pads: [
      [1, 1],
      [1, 1],
    ] as [number, number][],
  };
  const loss = mean(softplus(sum(conv(x, w, attrs), { axes: [1, 2, 3] })));
  const [dw] = grad(loss, [w]);
  expect(print(program({ dw: dw! }).outputs)).toMatchInlineSnapshot(`
    "%0 = input x : f32[2,3,8,8]
    %1 = input w : f32[4,3,4,4]
    %2 = conv(%0, %1, {strides: [2,2], pads: [[1,1],[1,1]]}) : f32[2,4,4,4]
    %3 = sum(%2, {axes: [1,2,3]}) : f32[2]
    %4 = sigmoid(%3) : f32[2]
    %5 = mul(0.5, %4) : f32[2]
    %6 = reshape(%5, {shape: [2,1,1,1]}) : f32[2,1,1,1]
    %7 = expand(%6, {shape: [2,4,4,4]}) : f32[2,4,4,4]
    %8 = convWeight(%0, %7, {kernel: [4,4], strides: [2,2], pads: [[1,1],[1,1]]}) : f32[4,3,4,4]
    return dw = %8"
  `);
});

test("gradient penalty of a linear critic: a gradient of a gradient", () => {
  const [x, w] = [input("x", [2, 3]), input("w", [3, 1])];
  const [dx] = grad(sum(matmul(x, w)), [x]);
  const [dw] = grad(mean(square(sub(norm(dx!, { axes: [1] }), 1))), [w]);
  expect(print(program({ dw: dw! }).outputs)).toMatchInlineSnapshot(`
    "%0 = input w : f32[3,1]
    %1 = constant 1 : f32[2,1]
    %2 = matmul(%1, %0, {transposeB: true}) : f32[2,3]
    %3 = mul(%2, %2) : f32[2,3]
    %4 = sum(%3, {axes: [1]}) : f32[2]
    %5 = add(%4, 1e-12) : f32[2]
    %6 = sqrt(%5) : f32[2]
    %7 = sub(%6, 1) : f32[2]
    %8 = mul(0.5, %7) : f32[2]
    %9 = div(%8, %6) : f32[2]
    %10 = reshape(%9, {shape: [2,1]}) : f32[2,1]
    %11 = mul(2, %10) : f32[2,1]
    %12 = mul(%11, %2) : f32[2,3]
    %13 = matmul(%12, %1, {transposeA: true}) : f32[3,1]
    return dw = %13"
  `);
});
