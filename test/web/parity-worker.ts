import type { Provider } from "../../src/engine/run/provider.ts";
import { webWasm } from "../../src/engine/run/web-wasm.ts";
import { webWebgpu } from "../../src/engine/run/web-webgpu.ts";
import { type ParityRequest, parity } from "../parity/_suite.ts";

/** What the page sends: a device, the same for all, and what to compare. */
export interface ParityCall {
  readonly device: "wasm" | "webgpu";
  readonly asked: ParityRequest;
}

let provider: Promise<Provider> | undefined;

addEventListener("message", async ({ data: { device, asked } }: MessageEvent<ParityCall>) => {
  try {
    provider ??= device === "wasm" ? webWasm() : webWebgpu();
    postMessage({ report: await parity(await provider, asked) });
  } catch (error) {
    postMessage({ error: String(error) });
  }
});
