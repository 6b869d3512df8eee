import { describe, expect, test } from "vitest";
import { onSines } from "../../../test/on-sines.ts";
import { input } from "../ir/leaves.ts";
import type { Tensor } from "../ir/tensor.ts";
import { add, conv, leakyRelu, mul, relu } from "../ops/index.ts";
import { program } from "../program.ts";
import { nodeCpu } from "../run/node-cpu.ts";
import type { Target } from "./emit.ts";
import { toModel } from "./model.ts";

const provider = await nodeCpu({ threads: 1 });
const native: Target = { provider: "cpu", nchwcBlock: 16 };
const portable: Target = { provider: "plain", nchwcBlock: 0 };
const pads = [[1, 1] as const, [1, 1] as const];
const x = input("x", [2, 16, 8, 8]);
const w = input("w", [32, 16, 3, 3]);
const bias = input("bias", [1, 32, 1, 1]);
const y = conv(x, w, { pads });
const few = conv(input("few", [2, 3, 8, 8]), input("v", [32, 3, 4, 4]), { strides: [2, 2], pads });

const kindsOf = (t: Tensor, target = native): string[] =>
  toModel(program({ t }), { target }).graph.nodes.map((n) => n.opType);

describe("taken into the kernel", () => {
  test.each<[string, Tensor, string[]]>([
    ["bias", add(y, bias), []],
    ["bias on the left", add(bias, y), []],
    ["bias, Relu", relu(add(y, bias)), []],
    ["LeakyRelu alone", leakyRelu(y, { alpha: 0.3 }), []],
    ["bias, LeakyRelu of the ordinary layout", leakyRelu(add(few, bias)), ["FusedConv"]],
    ["only the first of two activations", relu(leakyRelu(y, { alpha: -0.5 })), ["Relu"]],
  ])("%s", async (_, t, left) => {
    const kinds = kindsOf(t);
    for (const kind of ["Add", "Relu", "LeakyRelu", "FusedConv"]) {
      expect(kinds.includes(kind)).toBe(left.includes(kind));
    }
    if (provider.target.nchwcBlock === 0) return;
    const [fast, plain] = [
      await onSines(provider, { t }, native),
      await onSines(provider, { t }, portable),
    ];
    expect(Math.max(...fast.map((v, i) => Math.abs(v - plain[i]!)))).toBeLessThan(1e-4);
  });
});

describe("left as it is", () => {
  test.each<[string, Tensor]>([
    ["what is read twice", mul(y, relu(y))],
    ["a sum with another map", add(y, input("other", y.shape))],
    ["a row of each sample", add(y, input("rows", [2, 32, 1, 1]))],
    ["a bias after the activation", add(relu(y), bias)],
  ])("%s", (_, t) => {
    const kinds = kindsOf(t);
    expect(kinds.filter((k) => k === "Conv").length).toBe(1);
    expect(kinds.some((k) => k === "Add" || k === "Mul")).toBe(true);
  });

  test("on other targets", () => {
    expect(kindsOf(relu(add(y, bias)), portable)).toEqual(["Conv", "Add", "Relu"]);
  });
});
