import { expect, test } from "vitest";
import { input } from "../ir/leaves.ts";
import { sizeOf } from "../ir/type.ts";
import { toModel, toOnnx } from "../onnx/model.ts";
import { program } from "../program.ts";
import { nodeCpu } from "../run/node-cpu.ts";
import { convTranspose } from "./conv.ts";

const native = { provider: "cpu", nchwcBlock: 16 } as const;

/** The contract suite's maps are too small for convolutions by phase. */
test.each([
  { kernel: [4, 4], strides: [2, 2], pads: [1, 1], out: [8, 8], size: [16, 16] },
  { kernel: [3, 3], strides: [2, 2], pads: [1, 1], out: [8, 9], size: [16, 18] },
  { kernel: [2, 2], strides: [2, 2], pads: [0, 0], out: [9, 8], size: [18, 16] },
  { kernel: [5, 4], strides: [3, 2], pads: [1, 1], out: [8, 10], size: [24, 20] },
  { kernel: [3, 4], strides: [1, 2], pads: [1, 1], out: [8, 8], size: [8, 16] },
])("a transposed convolution by phases agrees with the plain form: %o", async (s) => {
  const provider = await nodeCpu({ threads: 1 });
  if (provider.target.nchwcBlock === 0) return;
  const [yShape, wShape] = [
    [2, 32, ...s.out],
    [32, 16, ...s.kernel],
  ];
  const pads = s.pads.map((p) => [p, p] as const);
  const x = convTranspose(input("y", yShape), input("w", wShape), { ...s, pads });
  const kinds = toModel(program({ x }), { target: native }).graph.nodes.map((n) => n.opType);
  expect(kinds).not.toContain("Col2Im");
  expect(kinds.filter((k) => k === "Conv").length).toBe(s.strides[0]! * s.strides[1]!);
  const wave = (shape: number[], step: number) =>
    provider.value(
      "f32",
      shape,
      Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i * step)),
    );
  const results: Float32Array[] = [];
  for (const target of [provider.target, { provider: "wasm", nchwcBlock: 0 } as const]) {
    const session = await provider.create(toOnnx(program({ x }), { target }));
    const out = await session.run({ y: wave(yShape, 0.7), w: wave(wShape, 0.3) });
    results.push((await out.x!.data()) as Float32Array);
    await session.dispose();
  }
  const [fast, plain] = results as [Float32Array, Float32Array];
  const scale = Math.max(...plain.map(Math.abs));
  expect(Math.max(...fast.map((v, i) => Math.abs(v - plain[i]!))) / scale).toBeLessThan(1e-5);
});
