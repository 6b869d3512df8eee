import * as ort from "onnxruntime-node";
import type { Target } from "../onnx/emit.ts";
import { ortProvider, type Runtime } from "./ort-provider.ts";
import { probeNchwc } from "./probe-nchwc.ts";
import type { Provider } from "./provider.ts";

export interface NodeCpuOptions {
  /** Threads of one operator; the machine's cores when absent. */
  readonly threads?: number;
}

/** ONNX Runtime's native CPU kernels. Probes once which convolution layouts compute right here. */
export async function nodeCpu(options: NodeCpuOptions = {}): Promise<Provider> {
  const plain = withTarget({ provider: "cpu", nchwcBlock: 0 }, options);
  const nchwcBlock = await probeNchwc((target) => withTarget(target, options));
  return nchwcBlock === 0 ? plain : withTarget({ provider: "cpu", nchwcBlock }, options);
}

const withTarget = (target: Target, { threads }: NodeCpuOptions): Provider =>
  ortProvider({
    id: "node-cpu",
    packageName: "onnxruntime-node",
    runtime: ort as Runtime,
    target,
    loops: true,
    options: {
      executionProviders: ["cpu"],
      // "all" adds MatmulTransposeFusion, which slows strided input gradients (9.4 → 14.4 ms).
      graphOptimizationLevel: "basic",
      executionMode: "sequential",
      enableCpuMemArena: true,
      enableMemPattern: true,
      logSeverityLevel: 3,
      ...(threads !== undefined && { intraOpNumThreads: threads }),
      extra: { session: { force_spinning_stop: "1" } },
    },
  });
