import { startThread } from "../core/thread.ts";
import type { LoopEvent } from "../train/loop.ts";
import { keptFault } from "./crash-file.ts";
import { type FaultRecord, fromFault, toFault } from "./faults.ts";
import type { TrainOutcome, TrainRequest } from "./run-training.ts";

export interface ToWorker {
  readonly request: TrainRequest;
  /** One int32; 1 asks the loop to save and end. */
  readonly stop: SharedArrayBuffer;
}

export type FromWorker =
  | { readonly kind: "event"; readonly event: LoopEvent }
  | { readonly kind: "done"; readonly outcome: TrainOutcome }
  | { readonly kind: "fault"; readonly fault: FaultRecord };

export interface Training {
  /** Rejects with a `GanymedeError`, whatever went wrong. */
  readonly done: Promise<TrainOutcome>;
  /** Asks for a checkpoint and an early end: `done` then resolves with why `stopped`. */
  stop(): void;
}

/** Trains in a thread of its own; `onEvent` hears of the progress on this one. */
export function startTraining(
  options: TrainRequest & { readonly onEvent?: (event: LoopEvent) => void },
): Training {
  const { onEvent, ...request } = options;
  const stop = new SharedArrayBuffer(4);
  const workerData: ToWorker = { request, stop };
  const worker = startThread("./train-worker", import.meta.url, { workerData });
  const done = new Promise<TrainOutcome>((resolve, reject) => {
    worker.on("message", (message: FromWorker) => {
      if (message.kind === "event") onEvent?.(message.event);
      else if (message.kind === "done") resolve(message.outcome);
      else reject(fromFault(message.fault));
    });
    worker.once("error", (error) => reject(fromFault(keptFault(error, request.runPath))));
    // After `done` or a fault this rejects a settled promise, which does nothing.
    worker.once("exit", (code) => {
      reject(fromFault(toFault(new Error(`the training thread ended with code ${code}`))));
    });
  });
  return { done, stop: () => void Atomics.store(new Int32Array(stop), 0, 1) };
}
