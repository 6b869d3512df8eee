import type { ParityReport } from "../parity/_suite.ts";
import type { ParityCall } from "./parity-worker.ts";

const worker = new Worker(new URL("./parity-worker.ts", import.meta.url), { type: "module" });

/** For the test that drives this page: one call at a time. */
Object.assign(window, {
  parity: (call: ParityCall): Promise<ParityReport> =>
    new Promise((resolve, reject) => {
      worker.onerror = ({ message }) => reject(new Error(message));
      worker.onmessage = ({ data }: MessageEvent<{ report: ParityReport } | { error: string }>) =>
        "report" in data ? resolve(data.report) : reject(new Error(data.error));
      worker.postMessage(call);
    }),
});
