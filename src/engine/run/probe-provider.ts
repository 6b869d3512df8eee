import { writeSync } from "node:fs";
import { performance } from "node:perf_hooks";
import * as ort from "onnxruntime-node";
import { input } from "../ir/leaves.ts";
import { toOnnx } from "../onnx/model.ts";
import { matmul } from "../ops/matmul.ts";
import { max } from "../ops/reduce.ts";
import { program } from "../program.ts";

/*
 * A process of its own (`native-providers.ts` starts it): a provider whose driver is missing may
 * write to the terminal from native code, or end the process. Prints GFLOP/s of a product of
 * matrices, or the reason for a failure.
 */
const name = process.argv[2]!;
const target = { provider: name === "cpu" ? "cpu" : "webgpu", nchwcBlock: 0 } as const;

/** Sides of the matrices. The large ones are for what multiplies the small ones in an instant. */
const [small, large] = [128, 1024];
/** Milliseconds. */
const [instant, budget] = [20, 150];

try {
  const first = await fastest(small);
  const [side, ms] = first < instant ? [large, await fastest(large)] : [small, first];
  writeSync(1, String((2 * side ** 3) / ms / 1e6));
} catch (error) {
  writeSync(1, error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

/** Milliseconds of the fastest call, after one to warm up. */
async function fastest(side: number): Promise<number> {
  const square = input("x", [side, side]);
  // One number comes back, so that copies are no part of the time.
  const model = toOnnx(program({ y: max(matmul(square, square)) }), { target });
  const session = await ort.InferenceSession.create(model, {
    executionProviders: [name],
    logSeverityLevel: 4,
    // Otherwise a node that the provider cannot take would run on the CPU, unnoticed.
    ...(name !== "cpu" && { extra: { session: { disable_cpu_ep_fallback: "1" } } }),
  });
  const x = new ort.Tensor("float32", new Float32Array(side * side).fill(1), [side, side]);
  const time = async () => {
    const began = performance.now();
    const { y } = await session.run({ x });
    if ((y!.data as Float32Array)[0] !== side) throw new Error("it computes wrong numbers");
    return performance.now() - began;
  };
  await time();
  const times = [await time()];
  while (times.reduce((a, b) => a + b) < budget) times.push(await time());
  return Math.min(...times);
}
