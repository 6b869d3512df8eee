import { ortProvider, type Runtime } from "./ort-provider.ts";
import type { Provider } from "./provider.ts";
import { type RuntimeFiles, useFiles } from "./web-files.ts";

export interface WebWasmOptions {
  /** Threads of one operator; as many as `wasmThreads` finds when absent. */
  readonly threads?: number;
  /** Where the runtime's files are; beside the script when absent. */
  readonly files?: RuntimeFiles;
}

/** How many threads a page gets. */
export interface WasmThreads {
  readonly threads: number;
  /** Why there are fewer than were asked for. */
  readonly why?: string;
}

/** More do not pay: the smaller layers of a net have not enough work for them. */
const most = 8;

/** Threads share memory, which browsers give only to pages that let nobody else's content in. */
export function wasmThreads(asked?: number): WasmThreads {
  if (globalThis.crossOriginIsolated) {
    return { threads: asked ?? Math.min(most, navigator.hardwareConcurrency) };
  }
  if (asked === 1) return { threads: 1 };
  const headers =
    "Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp";
  return { threads: 1, why: `one thread: the page was not served with the headers ${headers}` };
}

/**
 * ONNX Runtime's CPU kernels in WebAssembly, in a worker of a page: a call blocks its thread, and threads
 * of its own need a thread that may wait.
 * The first one made in a thread decides on the number of threads and the files for all.
 *
 * The first session throws SESSION where the runtime cannot start.
 */
export async function webWasm({ threads, files }: WebWasmOptions = {}): Promise<Provider> {
  const ort = await import("onnxruntime-web/wasm");
  useFiles(ort.env, files);
  ort.env.wasm.numThreads = wasmThreads(threads).threads;
  return ortProvider({
    id: "web-wasm",
    packageName: "onnxruntime-web",
    runtime: ort as Runtime,
    target: { provider: "wasm", nchwcBlock: 0 },
    loops: true,
    options: {
      executionProviders: ["wasm"],
      graphOptimizationLevel: "basic",
      executionMode: "sequential",
      enableCpuMemArena: true,
      enableMemPattern: true,
      logSeverityLevel: 3,
    },
  });
}
