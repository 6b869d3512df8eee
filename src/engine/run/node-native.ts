import * as ort from "onnxruntime-node";
import { ortProvider, type Runtime } from "./ort-provider.ts";
import type { Provider } from "./provider.ts";

/** Execution providers that the user's build of the runtime may have. */
export type NativeDevice = "cuda" | "dml" | "coreml";

/**
 * A vendor's own execution provider. What it cannot take runs on the CPU; results come back to the
 * host with every call, since the runtime keeps tensors on a device for WebGPU only, and a loop inside
 * the graph makes these calls few.
 */
export const nodeNative = (device: NativeDevice): Provider =>
  ortProvider({
    id: `node-${device}`,
    packageName: "onnxruntime-node",
    runtime: ort as Runtime,
    // The plain forms: neither blocked layouts nor operators that only the CPU has.
    target: { provider: "webgpu", nchwcBlock: 0 },
    loops: true,
    options: {
      executionProviders: [device],
      graphOptimizationLevel: "basic",
      executionMode: "sequential",
      // DirectML refuses it, and the others plan memory themselves.
      enableMemPattern: false,
      logSeverityLevel: 4,
    },
  });
