import { performance } from "node:perf_hooks";
import type { RunFolder } from "./run-folder.ts";
import type { TickReadings, Trainer } from "./trainer.ts";

/** When the loop does what, in ticks. */
export interface Cadence {
  /** Stop after this many ticks in all. */
  readonly steps: number;
  /** Stop after this time in this session, whatever is left of the steps. */
  readonly minutes?: number;
  readonly logEvery: number;
  readonly sampleEvery: number;
  readonly checkpointEvery: number;
  /** Ticks between measurements, if any are wanted. */
  readonly measureEvery?: number;
}

/** What a listener hears. Times are in seconds of this session. */
export type LoopEvent =
  | { readonly kind: "start"; readonly step: number; readonly meanings: Record<string, string> }
  | {
      readonly kind: "progress";
      readonly step: number;
      readonly images: number;
      readonly seconds: number;
      readonly values: TickReadings["values"];
      readonly meanings: Record<string, string>;
    }
  | { readonly kind: "samples"; readonly step: number; readonly file: string }
  | { readonly kind: "checkpoint"; readonly step: number }
  | {
      readonly kind: "scores";
      readonly step: number;
      readonly values: Readonly<Record<string, number>>;
      /** Training stood still for as long. */
      readonly took: number;
    }
  | {
      /** A number was not finite in tick `step`. */
      readonly kind: "nonfinite";
      readonly step: number;
      /** One sentence: which operator made it, from what. */
      readonly text: string;
      /** All that it takes to run the tick again. */
      readonly folder?: string;
    }
  | {
      /** Training goes on from tick `step` with rates times `factor`. */
      readonly kind: "rollback";
      readonly step: number;
      readonly failedAt: number;
      readonly factor: number;
    }
  | { readonly kind: "end"; readonly step: number; readonly interrupted: boolean };

export interface LoopParts {
  readonly trainer: Trainer;
  readonly run: RunFolder;
  readonly cadence: Cadence;
  /** Makes the picture of the run's fixed latent codes. */
  readonly picture: () => Promise<Uint8Array>;
  readonly save: () => Promise<void>;
  /** Scores of the generator as it is now, by name. */
  readonly measure?: () => Promise<Readonly<Record<string, number>>>;
  /** Asked when a call of the runtime fails: returns when the trainer can go on, or throws. */
  readonly recover?: (error: unknown) => Promise<void>;
  readonly listen: (event: LoopEvent) => void;
  /** Asked between calls of the runtime; true ends the loop with a checkpoint. */
  readonly stopped: () => boolean;
}

/** What is done beside training; each speaks of what it did. */
function choresOf({ trainer, run, listen, ...parts }: LoopParts) {
  let savedAt = trainer.step;
  let sampledAt = -1;
  return {
    async save() {
      if (savedAt === trainer.step) return;
      await parts.save();
      savedAt = trainer.step;
      listen({ kind: "checkpoint", step: trainer.step });
    },
    async sample() {
      if (sampledAt === trainer.step) return;
      sampledAt = trainer.step;
      const file = run.saveSamples(trainer.step, await parts.picture());
      listen({ kind: "samples", step: trainer.step, file });
    },
    async measure() {
      const before = performance.now();
      const values = await parts.measure?.();
      if (!values) return;
      const took = (performance.now() - before) / 1000;
      listen({ kind: "scores", step: trainer.step, values, took });
    },
    /** The ticks of a call; undefined after a failure from which the trainer has gone back. */
    async advance(end: number): Promise<TickReadings[] | undefined> {
      try {
        return await trainer.advance(end);
      } catch (error) {
        if (!parts.recover) throw error;
        await parts.recover(error);
        savedAt = trainer.step;
        sampledAt = -1;
        return undefined;
      }
    },
  };
}

/**
 * Trains until `cadence` says it is enough or a stop, logging, sampling and saving on the way. Returns
 * whether a stop ended it.
 */
export async function runLoop(parts: LoopParts): Promise<boolean> {
  const { trainer, run, cadence, listen } = parts;
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  const { save, sample, measure, advance } = choresOf(parts);
  listen({ kind: "start", step: trainer.step, meanings: {} });
  const enough = () =>
    trainer.step >= cadence.steps ||
    seconds() >= 60 * (cadence.minutes ?? Number.POSITIVE_INFINITY);
  while (!enough() && !parts.stopped()) {
    const from = trainer.step;
    const rows = await advance(cadence.steps);
    if (!rows) continue;
    const logged = rows.filter((r) => r.step % cadence.logEvery === 0 || r.step === cadence.steps);
    run.log(logged.map((r) => ({ ...r, seconds: seconds() })));
    const last = rows.at(-1)!;
    const meanings = Object.fromEntries(trainer.meanings);
    const { step, images } = trainer;
    listen({ kind: "progress", step, images, seconds: seconds(), values: latest(rows), meanings });
    if (crosses(from, last.step, cadence.sampleEvery)) await sample();
    if (crosses(from, last.step, cadence.checkpointEvery)) await save();
    if (cadence.measureEvery && crosses(from, last.step, cadence.measureEvery)) await measure();
  }
  const interrupted = !enough();
  if (!interrupted) await sample();
  await save();
  listen({ kind: "end", step: trainer.step, interrupted });
  return interrupted;
}

/** The newest value of each reading: players with a slow cadence do not speak at every tick. */
function latest(rows: readonly TickReadings[]): Record<string, number> {
  return Object.assign({}, ...rows.map((r) => r.values));
}

/** Whether a multiple of `every` lies in (from, to]. */
const crosses = (from: number, to: number, every: number): boolean =>
  Math.floor(to / every) > Math.floor(from / every);
