import { fromFault, toFault } from "../app/faults.ts";
import type { CheckedModel } from "../app/generator-model.ts";
import { GanymedeError } from "../core/errors.ts";
import type { SampleRequest } from "../train/sampler.ts";
import type { Samples, WebEnding, WebEvent } from "./events.ts";
import type { Probed, ProbeRequest } from "./probe.ts";
import type { CallName, Calls, Change, FromWorker, ToWorker } from "./protocol.ts";
import type { WebRequest } from "./request.ts";

/** A training in a worker of the page. Every method rejects with a `GanymedeError`. */
export interface WebTraining {
  /** Resolves when the training ends, which is not the end of its worker: see `close`. */
  readonly done: Promise<{ readonly step: number; readonly why: WebEnding }>;
  /** After the call of the runtime that runs. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Takes so many steps and pauses; resolves when they are done. */
  step(count?: number): Promise<void>;
  /** Ends the training; what it made can still be sampled, saved and exported. */
  stop(): Promise<void>;
  /** Items of drawn or given codes, from the averaged weights where there is an average. */
  sample(request: SampleRequest): Promise<Samples>;
  /** The players as they are by now: scores of items, items of codes, the pull on fakes. */
  probe(request: ProbeRequest): Promise<Probed>;
  /** Goes back to the first values, with the options as they are by now, and pauses. */
  reset(): Promise<void>;
  /** All that lasts, as the bytes of a safetensors file: for a file, IndexedDB or OPFS. */
  snapshot(): Promise<Uint8Array>;
  /** Goes back to a snapshot of this system with these options. Rejects `CHECKPOINT_MISMATCH`. */
  restore(state: Uint8Array): Promise<void>;
  /**
   * Goes on with other options or as another system: every variable of the same name and shape is
   * kept. Resolves with the names of those that begin anew.
   */
  change(change: Change): Promise<readonly string[]>;
  /** The generator as an ONNX file, compared with what it makes here. Rejects `EXPORT_PARITY`. */
  exportOnnx(): Promise<CheckedModel>;
  /** Ends the worker and frees its memory. Nothing can be asked after it. */
  close(): void;
}

/** A training in workers that `open` starts, one after the other if a device is lost. */
export function trainIn(
  open: () => Worker,
  request: WebRequest,
  listen: (event: WebEvent) => void,
): WebTraining {
  const line = new Line(open, request, listen);
  const call = line.call.bind(line);
  return {
    done: line.done,
    pause: () => call("pause", undefined),
    resume: () => call("resume", undefined),
    step: (count = 1) => call("step", count),
    stop: () => call("stop", undefined),
    sample: (asked) => call("sample", asked),
    probe: (asked) => call("probe", asked),
    reset: () => call("reset", undefined),
    snapshot: () => call("snapshot", undefined),
    restore: (state) => call("restore", state),
    change: (change) => call("change", change),
    exportOnnx: () => call("exportOnnx", undefined),
    close: () => line.close(),
  };
}

interface Waiting {
  resolve(answer: never): void;
  reject(error: Error): void;
}

/** Devices that are lost one after the other without a state kept in between. */
const mostLosses = 3;

/** Messages to and from a worker, and to the next one when its device is lost. */
class Line {
  readonly done: Promise<{ readonly step: number; readonly why: WebEnding }>;
  private readonly open: () => Worker;
  private readonly listen: (event: WebEvent) => void;
  private readonly waiting = new Map<number, Waiting>();
  private readonly over: Over;
  private worker: Worker;
  /** How to begin again. */
  private again: WebRequest;
  private losses = 0;
  private next = 0;

  constructor(open: () => Worker, request: WebRequest, listen: (event: WebEvent) => void) {
    this.open = open;
    this.listen = listen;
    this.again = request;
    let over: Over;
    this.done = new Promise((resolve, reject) => {
      over = { resolve, reject };
    });
    this.over = over!;
    // Listeners are told of faults too: not every page waits for the end.
    this.done.catch(() => {});
    this.worker = this.begin();
  }

  call<K extends CallName>(name: K, asked: Calls[K]["asked"]): Promise<Calls[K]["answer"]> {
    return new Promise((resolve, reject) => {
      this.waiting.set(this.next, { resolve, reject });
      this.worker.postMessage({ kind: "call", id: this.next++, name, asked } satisfies ToWorker);
    });
  }

  close(): void {
    this.worker.terminate();
    const fault = { where: "training", expected: "an open training", got: "one that was closed" };
    this.refuse(new GanymedeError("CLOSED", { ...fault, fix: "ask before closing it" }));
  }

  private begin(): Worker {
    const worker = this.open();
    worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => this.hear(data));
    worker.addEventListener("error", ({ message }) => {
      const error = new Error(message || "the worker's script cannot be had");
      this.tell({ kind: "fault", ...toFault(error) });
    });
    worker.postMessage({ kind: "open", request: this.again } satisfies ToWorker);
    return worker;
  }

  private hear(message: FromWorker): void {
    if (message.kind === "event") this.tell(message.event);
    else if (message.kind === "kept") {
      this.again = message.again;
      this.losses = 0;
    } else {
      const caller = this.waiting.get(message.id);
      this.waiting.delete(message.id);
      if (message.kind === "answer") caller?.resolve(message.answer as never);
      else caller?.reject(fromFault(message));
    }
  }

  private tell(event: WebEvent): void {
    if (event.kind === "fault" && event.code === "DEVICE_LOST" && this.losses < mostLosses) {
      this.recover(fromFault(event));
      return;
    }
    if (event.kind === "end") this.over.resolve(event);
    if (event.kind === "fault") this.over.reject(fromFault(event));
    this.listen(event);
  }

  /** The runtime of a thread cannot take another device: a new worker can. */
  private recover(loss: Error): void {
    this.losses++;
    this.worker.terminate();
    this.refuse(loss);
    const text = `the GPU was lost (${loss.message}): training begins again from the last state that was kept`;
    this.listen({ kind: "warning", text });
    this.worker = this.begin();
  }

  private refuse(error: Error): void {
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}

interface Over {
  resolve(end: { readonly step: number; readonly why: WebEnding }): void;
  reject(error: Error): void;
}
