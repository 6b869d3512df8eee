import { stream } from "../core/random.ts";
import { drawCodes, partRows } from "../train/codes.ts";
import type { PageAbout } from "./about.ts";

/** As much of onnxruntime-web as the page uses. */
interface Runtime {
  readonly env: { readonly wasm: { wasmBinary?: ArrayBuffer; numThreads?: number } };
  readonly InferenceSession: {
    create(model: Uint8Array, options: object): Promise<RuntimeSession>;
  };
  readonly Tensor: new (type: string, data: Float32Array | Int32Array, dims: number[]) => object;
}

interface RuntimeSession {
  run(feeds: Record<string, object>): Promise<Record<string, { readonly data: Float32Array }>>;
}

/** What to make: of drawn codes, or of codes that are given. */
export interface PageRequest {
  readonly seed: number;
  readonly from?: number;
  readonly count: number;
  readonly truncation?: number;
  readonly codes?: Float32Array;
  /** The class of all items; as the run's `sample` shows them when absent. */
  readonly label?: number;
}

export interface PageGenerator {
  codes(request: PageRequest): Float32Array;
  /** Items [count, …item] in the trained range. */
  sample(request: PageRequest): Promise<Float32Array>;
}

/** The bytes of a base64 text within the page. */
function bytesOf(id: string): Uint8Array<ArrayBuffer> {
  const text = atob(document.getElementById(id)!.textContent!.trim());
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

/** Starts the model that lies in the page, on the runtime that lies beside it; nothing is fetched. */
export async function openGenerator(about: PageAbout): Promise<PageGenerator> {
  const script = document.getElementById("runtime-script")!.textContent!;
  const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const ort = (await import(address)) as Runtime;
  URL.revokeObjectURL(address);
  const packed = new Blob([bytesOf("runtime")]).stream();
  const unpacked = new Response(packed.pipeThrough(new DecompressionStream("gzip")));
  ort.env.wasm.wasmBinary = await unpacked.arrayBuffer();
  // Threads need headers that a file has not.
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(bytesOf("model"), {
    executionProviders: ["wasm"],
  });
  const codes = (request: PageRequest): Float32Array =>
    request.codes ?? drawCodes(about.layout, about.block, request);
  return { codes, sample: (request) => sample(ort, session, about, request, codes(request)) };
}

async function sample(
  ort: Runtime,
  session: RuntimeSession,
  about: PageAbout,
  request: PageRequest,
  codes: Float32Array,
): Promise<Float32Array> {
  const { layout, dynamicBatch, inputs, block, output } = about;
  const { from = 0, count, seed, label } = request;
  const most = dynamicBatch ? block : 1;
  const pieces: Float32Array[] = [];
  for (let done = 0; done < count; done += most) {
    const rows = Math.min(most, count - done);
    const feeds: Record<string, object> = {};
    const own = codes.subarray(done * layout.size, (done + rows) * layout.size);
    for (const part of layout.parts) {
      const data = partRows(own, layout, part, rows);
      feeds[part.name] = new ort.Tensor("float32", data, [rows, ...part.shape]);
    }
    const classOf = (i: number) => label ?? (from + done + i) % about.classes.length;
    const labels = Int32Array.from({ length: rows }, (_, i) => classOf(i));
    feeds.label = new ort.Tensor("int32", labels, [rows]);
    const call = request.codes ? 0 : Math.floor((from + done) / block);
    const key = stream(seed, "sample key", call).uint32(1)[0]! | 0;
    feeds.key = new ort.Tensor("int32", Int32Array.of(key), []);
    const fed = Object.entries(feeds).filter(([name]) => inputs.includes(name));
    const results = await session.run(Object.fromEntries(fed));
    pieces.push(Float32Array.from(results[output]!.data));
  }
  const all = new Float32Array(pieces.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
