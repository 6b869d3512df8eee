import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

/** ONNX Runtime for browsers, as files to put into a page: its CPU kernels only, which are smallest. */
export interface WebRuntime {
  /** An ES module that exports `InferenceSession`, `Tensor` and `env`. */
  readonly script: string;
  /** What `env.wasm.wasmBinary` takes, packed with gzip: a quarter of its 14 MB. */
  readonly packed: Uint8Array;
}

let known: WebRuntime | undefined;

/** Reads it from the installed package. */
export function webRuntime(): WebRuntime {
  known ??= readRuntime();
  return known;
}

function readRuntime(): WebRuntime {
  const script = fileURLToPath(import.meta.resolve("onnxruntime-web/wasm"));
  const wasm = join(dirname(script), "ort-wasm-simd-threaded.wasm");
  return { script: readFileSync(script, "utf8"), packed: gzipSync(readFileSync(wasm)) };
}
