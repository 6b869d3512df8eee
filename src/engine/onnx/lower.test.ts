import { expect, test } from "vitest";
import { halfBits, halfFromBits, roundToHalf } from "../../core/half.ts";
import { constant, input } from "../ir/leaves.ts";
import type { Tensor } from "../ir/tensor.ts";
import { add, cast, conv, exp, matmul, mul, sum } from "../ops/index.ts";
import { type Program, program } from "../program.ts";
import { nodeCpu } from "../run/node-cpu.ts";
import { plainCpu, type Target } from "./emit.ts";
import { toModel, toOnnx } from "./model.ts";

const provider = await nodeCpu({ threads: 1 });
const halves: Target = { provider: "webgpu", nchwcBlock: 0, half: true };

const nodesOf = (compiled: Program, target: Target) =>
  toModel(compiled, { target }).graph.nodes.map((n) => n.opType);

async function run(y: Tensor, feeds: Readonly<Record<string, Float32Array>>) {
  const compiled = program({ y });
  const session = await provider.create(toOnnx(compiled, provider));
  const fed = compiled.inputs.map(
    (t) =>
      [
        t.attrs.name as string,
        provider.value("f32", t.shape, feeds[t.attrs.name as string]!),
      ] as const,
  );
  const { y: result } = await session.run(Object.fromEntries(fed));
  const data = await result!.data();
  await session.dispose();
  return data;
}

const half = (t: Tensor): Tensor => cast(t, { to: "f16" });

test("each operator on halves rounds its result", async () => {
  const x = input("x", [3]);
  const y = add(half(x), constant(1, [], "f16"));
  const got = await run(cast(y, { to: "f32" }), { x: Float32Array.of(2048, 0.1, 65_504) });
  expect([...got]).toEqual([2048, roundToHalf(roundToHalf(0.1) + 1), 65_504]);
});

test("halves go in and out of a graph as bits", async () => {
  const x = input("x", [2], "f16");
  const session = await provider.create(toOnnx(program({ y: mul(x, 3) }), provider));
  const fed = provider.value("f16", [2], Uint16Array.of(halfBits(0.5), halfBits(-7)));
  const { y } = await session.run({ x: fed });
  expect(y!.dtype).toBe("f16");
  expect([...(await y!.data())].map(halfFromBits)).toEqual([1.5, -21]);
  await session.dispose();
});

test("a device with halves computes in them, except where it would go wrong", () => {
  const [a, b] = [half(input("a", [4, 64])), half(input("b", [64, 2]))];
  expect(nodesOf(program({ y: matmul(a, b) }), halves)).toEqual(["Cast", "Cast", "Gemm"]);
  // The processor has kernels for f32 only.
  const widened = ["Cast", "Cast", "Cast", "Cast", "Gemm", "Cast"];
  expect(nodesOf(program({ y: matmul(a, b) }), plainCpu)).toEqual(widened);
  // Ten thousand halves added up in halves are a rough guess.
  const [long, tall] = [half(input("long", [4, 10_000])), half(input("tall", [10_000, 2]))];
  expect(nodesOf(program({ y: matmul(long, tall) }), halves)).toEqual(widened);
  // Exponentials stay in f32.
  expect(nodesOf(program({ y: exp(a) }), halves)).toEqual(["Cast", "Cast", "Exp", "Cast"]);
});

test("operands of two float types are refused while tracing", () => {
  const x = input("x", [2, 2]);
  expect(() => matmul(x, half(x))).toThrow(/SHAPE.*f32\[2,2\] and f16\[2,2\]/);
  expect(() => add(half(x), x)).toThrow(/SHAPE/);
  const image = input("image", [1, 1, 4, 4]);
  expect(() => conv(half(image), image)).toThrow(/SHAPE/);
});

test("a rounding is kept, a widening and back is not", () => {
  const x = input("x", [2]);
  const rounded = cast(half(x), { to: "f32" });
  expect(nodesOf(program({ y: rounded }), plainCpu)).toEqual(["Cast", "Cast"]);
  expect(nodesOf(program({ y: half(rounded) }), plainCpu)).toEqual(["Cast"]);
});

test("constants are folded as halves", () => {
  const folded = program({ y: add(constant(2048, [], "f16"), constant(1, [], "f16")) }).outputs.y!;
  expect((folded.attrs.value as { data: Float64Array }).data[0]).toBe(2048);
  expect(sum(folded).dtype).toBe("f16");
});
