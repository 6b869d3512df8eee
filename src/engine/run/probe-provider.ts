import { writeSync } from "node:fs";
import * as ort from "onnxruntime-node";
import { input } from "../ir/leaves.ts";
import { toOnnx } from "../onnx/model.ts";
import { add } from "../ops/arithmetic.ts";
import { program } from "../program.ts";

/*
 * A process of its own (`native-providers.ts` starts it): a provider whose driver is missing may
 * write to the terminal from native code, or end the process. Prints the reason for a failure.
 */
const name = process.argv[2]!;
const target = { provider: name === "cpu" ? "cpu" : "webgpu", nchwcBlock: 0 } as const;
const model = toOnnx(program({ y: add(input("x", [4]), 1) }), { target });

try {
  const session = await ort.InferenceSession.create(model, {
    executionProviders: [name],
    logSeverityLevel: 4,
    // Otherwise a node that the provider cannot take would run on the CPU, unnoticed.
    ...(name !== "cpu" && { extra: { session: { disable_cpu_ep_fallback: "1" } } }),
  });
  const { y } = await session.run({ x: new ort.Tensor("float32", new Float32Array(4), [4]) });
  if ((y!.data as Float32Array).some((v) => v !== 1)) throw new Error("it computes wrong numbers");
} catch (error) {
  writeSync(1, error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
