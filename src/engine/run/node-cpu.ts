import * as ort from "onnxruntime-node";
import type { Target } from "../onnx/emit.ts";
import { ortProvider, type Runtime } from "./ort-provider.ts";
import { probeNchwc } from "./probe-nchwc.ts";
import type { Provider } from "./provider.ts";

export interface NodeCpuOptions {
  /** Threads of one operator; the machine's cores when absent. */
  readonly threads?: number;
  /**
   * The runtime records when every node ran, one file a session whose name begins so, written when the
   * session ends. Costs some 10 % of a step.
   */
  readonly profile?: string;
}

/** ONNX Runtime's native CPU kernels. Probes once which convolution layouts compute right here. */
export async function nodeCpu(options: NodeCpuOptions = {}): Promise<Provider> {
  const { profile: _, ...unrecorded } = options;
  const nchwcBlock = await probeNchwc((target) => withTarget(target, unrecorded));
  return withTarget({ provider: "cpu", nchwcBlock }, options);
}

const withTarget = (target: Target, { threads, profile }: NodeCpuOptions): Provider =>
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
      ...(profile !== undefined && { enableProfiling: true, profileFilePrefix: profile }),
      extra: { session: { force_spinning_stop: "1" } },
    },
  });
