import type { OpenRun } from "../app/sample.ts";
import type { CheckpointChoice } from "../train/checkpoint.ts";

/** What jobs find in their thread. */
export interface Bench {
  /** A run, kept open from job to job while it is used. */
  open(path: string, checkpoint?: CheckpointChoice): Promise<OpenRun>;
  /**
   * What a job works out of an open run and wants again: made once, kept under its name as long as the
   * run stays open, and disposed of with it if it can be.
   */
  kept<T extends object>(run: OpenRun, name: string, make: () => Promise<T>): Promise<T>;
  /** Tells whoever waits how far it is, 0 to 1, with what there is to see by now. */
  tell(share: number, seen?: unknown): void;
  /** Whether the answer is no longer wanted. */
  readonly cancelled: boolean;
}

/**
 * Work that may take long or call the runtime, which blocks its thread: one file of `jobs` each, done
 * in the workshop's thread. What goes in and comes out is copied between threads.
 */
export type Job<Asked, Answer> = (asked: Asked, bench: Bench) => Promise<Answer>;
