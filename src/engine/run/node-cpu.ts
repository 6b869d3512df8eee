import * as ort from "onnxruntime-node";
import { GanymedeError } from "../../core/errors.ts";
import type { DType, Shape } from "../ir/type.ts";
import type { Target } from "../onnx/emit.ts";
import { probeNchwc } from "./probe-nchwc.ts";
import type { Feeds, Provider, Session, TypedArray, Value } from "./provider.ts";

export interface NodeCpuOptions {
  /** Threads of one operator; the machine's cores when absent. */
  readonly threads?: number;
}

const toOrt = { f32: "float32", i32: "int32", bool: "bool", u8: "uint8" } as const;
const fromOrt: Record<string, DType> = { float32: "f32", int32: "i32", bool: "bool", uint8: "u8" };

/** ONNX Runtime's native CPU kernels. Probes once which convolution layouts compute right here. */
export async function nodeCpu(options: NodeCpuOptions = {}): Promise<Provider> {
  const plain = withTarget({ provider: "cpu", nchwcBlock: 0 }, options);
  const nchwcBlock = await probeNchwc((target) => withTarget(target, options));
  return nchwcBlock === 0 ? plain : withTarget({ provider: "cpu", nchwcBlock }, options);
}

function withTarget(target: Target, options: NodeCpuOptions): Provider {
  return {
    id: "node-cpu",
    target,
    create: (model) => createSession(model, options),
    value: (dtype, shape, data) => wrap(new ort.Tensor(toOrt[dtype], data as never, [...shape])),
  };
}

/** Values keep their runtime tensor, so that an output can be fed as it came. */
interface CpuValue extends Value {
  readonly native: ort.Tensor;
}

const wrap = (native: ort.Tensor): CpuValue => ({
  native,
  dtype: fromOrt[native.type]!,
  shape: native.dims as Shape,
  data: async () => native.data as TypedArray,
  dispose: () => native.dispose(),
});

async function createSession(model: Uint8Array, { threads }: NodeCpuOptions): Promise<Session> {
  let session: ort.InferenceSession;
  try {
    session = await ort.InferenceSession.create(model, {
      executionProviders: ["cpu"],
      // "all" adds MatmulTransposeFusion, which slows strided input gradients (9.4 → 14.4 ms).
      graphOptimizationLevel: "basic",
      executionMode: "sequential",
      enableCpuMemArena: true,
      enableMemPattern: true,
      logSeverityLevel: 3,
      ...(threads !== undefined && { intraOpNumThreads: threads }),
      extra: { session: { force_spinning_stop: "1" } },
    });
  } catch (cause) {
    throw new GanymedeError(
      "SESSION",
      {
        where: "onnxruntime-node",
        expected: "a graph that it can compile",
        got: cause instanceof Error ? cause.message : String(cause),
        fix: "report this with the system and options you used",
      },
      { cause },
    );
  }
  return {
    async run(feeds: Feeds) {
      const natives = Object.entries(feeds).map(([k, v]) => [k, (v as CpuValue).native]);
      const results = await session.run(Object.fromEntries(natives));
      return Object.fromEntries(Object.entries(results).map(([k, t]) => [k, wrap(t)]));
    },
    dispose: () => session.release(),
  };
}
