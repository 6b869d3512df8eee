import type { Worker } from "node:worker_threads";
import { type FaultRecord, fromFault, toFault } from "../app/faults.ts";
import { GanymedeError } from "../core/errors.ts";
import { startThread } from "../core/thread.ts";
import type { catalog } from "./jobs/_catalog.ts";

type Jobs = typeof catalog;
type JobId = keyof Jobs;
export type AskedOf<Id extends JobId> = Parameters<Awaited<ReturnType<Jobs[Id]>>>[0];
export type AnswerOf<Id extends JobId> = Awaited<ReturnType<Awaited<ReturnType<Jobs[Id]>>>>;

export interface ToWork {
  readonly id: number;
  readonly job: string;
  readonly asked: unknown;
  /** One int32; 1 says that nobody waits any more. */
  readonly cancel: SharedArrayBuffer;
}

/** A job, or that there will be no other. */
export type ToBench = ToWork | "close";

export type FromBench =
  | { readonly kind: "told"; readonly id: number; readonly share: number; readonly seen: unknown }
  | { readonly kind: "answer"; readonly id: number; readonly answer: unknown }
  | { readonly kind: "fault"; readonly id: number; readonly fault: FaultRecord };

interface Waiting {
  /** One int32; 1 says that nobody waits any more. */
  readonly cancel: SharedArrayBuffer;
  readonly tell?: ((share: number, seen: unknown) => void) | undefined;
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

export interface AskOptions {
  readonly tell?: (share: number, seen: unknown) => void;
  readonly signal?: AbortSignal;
}

/** More requests than this wait for nobody's good. */
const longestQueue = 64;

/**
 * One thread that does jobs one after another, started with the first. A job that ends its thread
 * fails alone: those that waited behind it are refused, and the next one starts a fresh thread.
 */
export class Workshop {
  private worker: Worker | undefined;
  private next = 1;
  private readonly waiting = new Map<number, Waiting>();

  /** Throws what the job throws; `STUDIO_BUSY` when too many wait. */
  ask<Id extends JobId>(
    job: Id,
    asked: AskedOf<Id>,
    { tell, signal }: AskOptions = {},
  ): Promise<AnswerOf<Id>> {
    if (this.waiting.size >= longestQueue) return Promise.reject(busy());
    const id = this.next++;
    const cancel = new SharedArrayBuffer(4);
    signal?.addEventListener("abort", () => tellCancelled(cancel));
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { tell, cancel, resolve: resolve as Waiting["resolve"], reject });
      const message: ToBench = { id, job, asked, cancel };
      this.thread().postMessage(message);
    });
  }

  /**
   * Cancels what is asked for and waits until the thread has ended by itself: one that is ended from
   * outside while the runtime works in it takes the whole process along.
   */
  async close(): Promise<void> {
    const { worker } = this;
    if (!worker) return;
    for (const { cancel } of this.waiting.values()) tellCancelled(cancel);
    worker.ref();
    const ended = new Promise((resolve) => worker.once("exit", resolve));
    const message: ToBench = "close";
    worker.postMessage(message);
    await ended;
  }

  private thread(): Worker {
    if (this.worker) return this.worker;
    const worker = startThread("./bench", import.meta.url, {});
    worker.unref();
    worker.on("message", (message: FromBench) => this.hear(message));
    worker.once("error", (error) => this.lose(worker, error));
    worker.once("exit", () => this.lose(worker, new Error("the studio's worker ended")));
    this.worker = worker;
    return worker;
  }

  private hear(message: FromBench): void {
    const waiting = this.waiting.get(message.id);
    if (message.kind === "told") {
      waiting?.tell?.(message.share, message.seen);
      return;
    }
    this.waiting.delete(message.id);
    if (message.kind === "answer") waiting?.resolve(message.answer);
    else waiting?.reject(fromFault(message.fault));
  }

  private lose(worker: Worker, error: Error): void {
    if (this.worker !== worker) return;
    this.worker = undefined;
    for (const { reject } of this.waiting.values()) reject(fromFault(toFault(error)));
    this.waiting.clear();
  }
}

const tellCancelled = (cancel: SharedArrayBuffer): void => {
  Atomics.store(new Int32Array(cancel), 0, 1);
};

const busy = (): GanymedeError =>
  new GanymedeError("STUDIO_BUSY", {
    where: "studio",
    expected: `at most ${longestQueue} requests that wait`,
    got: "one more",
    fix: "wait until the work in hand is done",
  });
