import type { InferenceSession } from "onnxruntime-common";
import * as ort from "onnxruntime-node";
import { ortProvider, type Runtime } from "./ort-provider.ts";
import type { Provider } from "./provider.ts";
import { readBackWith } from "./read-back.ts";

const options: InferenceSession.SessionOptions = {
  executionProviders: ["webgpu"],
  graphOptimizationLevel: "basic",
  // Errors are thrown; the runtime would write each of them to the terminal as well.
  logSeverityLevel: 4,
  // A node that the device cannot take would otherwise run on the CPU, unnoticed, with two copies.
  extra: { session: { disable_cpu_ep_fallback: "1" } },
};

/** Any vendor's GPU, through WebGPU inside ONNX Runtime's native build. State stays on the device. */
export const nodeWebgpu = (): Provider =>
  ortProvider({
    id: "node-webgpu",
    packageName: "onnxruntime-node",
    runtime: ort as Runtime,
    target: { provider: "webgpu", nchwcBlock: 0 },
    loops: false,
    options,
    device: readBackWith(ort as Runtime, options),
  });
