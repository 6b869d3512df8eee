import type { Env } from "onnxruntime-common";

/** Where ONNX Runtime's WebAssembly comes from. */
export interface RuntimeFiles {
  /** The address of the folder that holds the files, with a slash at its end, or of each of them. */
  readonly paths?: string | { readonly wasm?: string; readonly mjs?: string };
  /** The bytes of the `.wasm` file; nothing is fetched then. */
  readonly binary?: ArrayBuffer | Uint8Array;
}

/** Must come before the first session of a thread. */
export function useFiles(env: Env, { paths, binary }: RuntimeFiles = {}): void {
  if (paths !== undefined) env.wasm.wasmPaths = paths;
  if (binary !== undefined) env.wasm.wasmBinary = binary;
}
