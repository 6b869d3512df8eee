import { input } from "../ir/leaves.ts";
import type { Target } from "../onnx/emit.ts";
import { toOnnx } from "../onnx/model.ts";
import { conv } from "../ops/conv.ts";
import { program } from "../program.ts";
import type { Provider } from "./provider.ts";

/**
 * The channel block of this machine's `com.microsoft.nchwc` convolution kernels: 16 with AVX-512, 8
 * with AVX or NEON, 0 where they do not exist. A wrong block gives wrong numbers without an error, so
 * a small convolution is compared with the plain kernel. Costs about 20 ms, once per process.
 */
export async function probeNchwc(provider: (target: Target) => Provider): Promise<number> {
  cached ??= probe(provider);
  return cached;
}
let cached: Promise<number> | undefined;

async function probe(provider: (target: Target) => Provider): Promise<number> {
  const plain = await convolve(provider({ provider: "cpu", nchwcBlock: 0 }));
  for (const nchwcBlock of [16, 8]) {
    const blocked = await convolve(provider({ provider: "cpu", nchwcBlock })).catch(
      () => undefined,
    );
    if (blocked?.every((v, i) => Math.abs(v - plain[i]!) < 1e-4)) return nchwcBlock;
  }
  return 0;
}

async function convolve(provider: Provider): Promise<Float32Array> {
  const xShape = [1, 32, 8, 8];
  const wShape = [32, 32, 3, 3];
  const y = conv(input("x", xShape), input("w", wShape), {
    pads: [
      [1, 1],
      [1, 1],
    ],
  });
  const session = await provider.create(toOnnx(program({ y }), { target: provider.target }));
  const wave = (n: number, step: number) =>
    Float32Array.from({ length: n }, (_, i) => Math.sin(i * step));
  const out = await session.run({
    x: provider.value("f32", xShape, wave(32 * 64, 0.7)),
    w: provider.value("f32", wShape, wave(32 * 32 * 9, 0.3)),
  });
  const data = (await out.y!.data()) as Float32Array;
  await session.dispose();
  return data;
}
