import { expect, test } from "vitest";
import { input } from "../ir/leaves.ts";
import { toOnnx } from "../onnx/model.ts";
import { program } from "../program.ts";
import { nodeCpu } from "../run/node-cpu.ts";
import { convWeight } from "./conv.ts";

/** The contract suite's shapes are too small for the forms that cut a batch in parts. */
test.each([
  { n: 16, c: 16, side: 16 },
  { n: 12, c: 32, side: 12 },
])("the weight gradient of a large batch, in parts, agrees with the plain form: %o", async (s) => {
  const provider = await nodeCpu({ threads: 1 });
  const window = { strides: [2, 2], pads: [[1, 1] as const, [1, 1] as const] };
  const [xShape, yShape] = [
    [s.n, s.c, s.side, s.side],
    [s.n, 32, s.side / 2, s.side / 2],
  ];
  const w = convWeight(input("x", xShape), input("y", yShape), { ...window, kernel: [4, 4] });
  const wave = (shape: number[], step: number) =>
    provider.value(
      "f32",
      shape,
      Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(i * step)),
    );
  const results: Float32Array[] = [];
  for (const target of [provider.target, { provider: "plain", nchwcBlock: 0 } as const]) {
    const session = await provider.create(toOnnx(program({ w }), { target }));
    const out = await session.run({ x: wave(xShape, 0.7), y: wave(yShape, 0.3) });
    results.push((await out.w!.data()) as Float32Array);
    await session.dispose();
  }
  const [fast, plain] = results as [Float32Array, Float32Array];
  const scale = Math.max(...plain.map(Math.abs));
  expect(Math.max(...fast.map((v, i) => Math.abs(v - plain[i]!))) / scale).toBeLessThan(1e-5);
});
