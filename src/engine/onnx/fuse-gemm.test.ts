import { describe, expect, test } from "vitest";
import { onSines } from "../../../test/on-sines.ts";
import { input } from "../ir/leaves.ts";
import type { Tensor } from "../ir/tensor.ts";
import { add, matmul, mul, reshape } from "../ops/index.ts";
import { type Program, program } from "../program.ts";
import { nodeCpu } from "../run/node-cpu.ts";
import type { Target } from "./emit.ts";
import { toModel } from "./model.ts";

const provider = await nodeCpu({ threads: 1 });
const plain: Target = { provider: "plain", nchwcBlock: 0 };
const x = input("x", [5, 7]);
const w = input("w", [3, 7]);
const row = input("row", [1, 3]);
const vector = input("vector", [3]);
const product = matmul(x, w, { transposeB: true });

const kindsOf = (outputs: Program["outputs"]): string[] =>
  toModel(program(outputs), { target: plain }).graph.nodes.map((n) => n.opType);

describe("taken into the product", () => {
  test.each<[string, Tensor]>([
    ["a row", add(product, row)],
    ["a row on the left", add(row, product)],
    ["a vector", add(product, vector)],
  ])("%s", async (_, t) => {
    expect(kindsOf({ t })).toEqual(["Gemm"]);
    expect(kindsOf({ t, product })).toEqual(["Gemm", "Add"]);
    const [fused, apart] = [
      await onSines(provider, { t }, plain),
      await onSines(provider, { t, product }, plain),
    ];
    expect(fused.length).toBe(15);
    fused.forEach((v, i) => void expect(v).toBeCloseTo(apart[i]!, 5));
  });

  test("a row that is made after the product", () => {
    const t = add(product, mul(row, product.shape[0]!));
    expect(kindsOf({ t })).toEqual(["Mul", "Gemm"]);
  });
});

describe("left as it is", () => {
  test.each<[string, Tensor]>([
    ["a whole matrix", add(product, input("other", [5, 3]))],
    ["a column", add(product, input("column", [5, 1]))],
    ["a number", add(product, input("number", []))],
    ["a sum of higher rank", add(reshape(product, { shape: [1, 5, 3] }), vector)],
    ["a product that is read twice", mul(product, add(product, row))],
  ])("%s", (_, t) => {
    const kinds = kindsOf({ t });
    expect(kinds.filter((k) => k === "Gemm" || k === "Add")).toEqual(["Gemm", "Add"]);
  });

  test("what already has a row", () => {
    expect(kindsOf({ t: add(add(product, row), vector) })).toEqual(["Gemm", "Add"]);
  });
});
