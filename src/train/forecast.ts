import type { ModelProto } from "../engine/onnx/proto.ts";
import { runtimeMemory } from "../engine/onnx/runtime-memory.ts";

/** Memory of training on the CPU, in bytes, told from the graph of a call. */
export interface MemoryForecast {
  /** Weights, averages and all that optimisers keep. */
  readonly stateBytes: number;
  /** Results within a step that are alive at once, as the runtime packs them. */
  readonly workingBytes: number;
  /** The most that the whole process will hold. */
  readonly processBytes: number;
}

const mib = 2 ** 20;

/** Arrays that nobody needs any more, before V8 looks for them (`kExternalAllocationSoftLimit`). */
const uncollected = 64 * mib;

/** The runtime's threads and the first session, whatever it computes; measured. */
const sessionBytes = 24 * mib;

/** A compiled operator of the runtime; measured on graphs of 400 to 3,800. */
const operatorBytes = 10 * 1024;

/**
 * What the process will hold once a few calls were made, if it holds `held` bytes now: beside the
 * runtime's arena, the state twice (what is fed, what came back) and arrays of earlier calls that are
 * not collected yet. `bench/forecast.ts` compares it with what a dozen trainings held.
 */
export function forecastMemory(
  model: ModelProto,
  { stateBytes, held }: { readonly stateBytes: number; readonly held: number },
): MemoryForecast {
  const { arena, working, operators } = runtimeMemory(model);
  const arrays = 2 * stateBytes + Math.min(uncollected, 6 * stateBytes);
  const compiled = sessionBytes + operators * operatorBytes;
  const processBytes = held + compiled + arrays + arena;
  return { stateBytes, workingBytes: working, processBytes };
}
