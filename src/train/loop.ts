import { performance } from "node:perf_hooks";
import type { BestKeeper } from "./best.ts";
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
  /** Images from one measurement to the next, if any are wanted. */
  readonly measureEveryImages?: number;
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
      /** Whether this is the best of the run by the metric that chooses, if one does. */
      readonly isBest?: boolean;
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
  | { readonly kind: "end"; readonly step: number; readonly why: Ending };

/** Why a run ended: its steps are done, its time is up, no better score came, somebody stopped it. */
export type Ending = "steps" | "minutes" | "patience" | "stopped";

export interface LoopParts {
  readonly trainer: Trainer;
  readonly run: RunFolder;
  readonly cadence: Cadence;
  /** Makes the picture of the run's fixed latent codes. */
  readonly picture: () => Promise<Uint8Array>;
  readonly save: () => Promise<void>;
  /** Scores of the generator as it is now, by name. */
  readonly measure?: () => Promise<Readonly<Record<string, number>>>;
  /** Chooses the checkpoint to keep among the measured steps, and may end the run. */
  readonly best?: BestKeeper;
  /** Asked when a call of the runtime fails: returns when the trainer can go on, or throws. */
  readonly recover?: (error: unknown) => Promise<void>;
  readonly listen: (event: LoopEvent) => void;
  /** Asked between calls of the runtime; true ends the loop with a checkpoint. */
  readonly stopped: () => boolean;
}

/** What is done beside training; each speaks of what it did. */
function choresOf(parts: LoopParts) {
  const { trainer, run, listen, best } = parts;
  let savedAt = trainer.step;
  let sampledAt = -1;
  const save = async () => {
    if (savedAt === trainer.step) return;
    await parts.save();
    savedAt = trainer.step;
    listen({ kind: "checkpoint", step: trainer.step });
  };
  return {
    save,
    async sample() {
      if (sampledAt === trainer.step) return;
      sampledAt = trainer.step;
      const file = run.saveSamples(trainer.step, await parts.picture());
      listen({ kind: "samples", step: trainer.step, file });
    },
    async measure() {
      if (await score(parts)) await save();
    },
    /** The ticks of a call; undefined after a failure from which the trainer has gone back. */
    async advance(end: number): Promise<TickReadings[] | undefined> {
      try {
        return await trainer.advance(end);
      } catch (error) {
        if (!parts.recover) throw error;
        await parts.recover(error);
        best?.rewind(trainer.step);
        savedAt = trainer.step;
        sampledAt = -1;
        return undefined;
      }
    },
  };
}

/** Measures, and notes whether these are the best scores so far. */
async function score({ trainer, best, listen, measure }: LoopParts): Promise<boolean> {
  const before = performance.now();
  const values = await measure?.();
  if (!values) return false;
  const took = (performance.now() - before) / 1000;
  const { step } = trainer;
  const isBest = best?.note(step, values[best.metric]);
  listen({ kind: "scores", step, values, took, ...(isBest !== undefined && { isBest }) });
  return isBest ?? false;
}

/**
 * Trains until `cadence` says it is enough, no better score has come for too long, or a stop: logging,
 * sampling, measuring and saving on the way. Returns why it ended.
 */
export async function runLoop(parts: LoopParts): Promise<Ending> {
  const { trainer, run, cadence, listen } = parts;
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  const { save, sample, measure, advance } = choresOf(parts);
  listen({ kind: "start", step: trainer.step, meanings: {} });
  let why = endingOf(parts, 0);
  while (!why) {
    const { step: from, images: shown } = trainer;
    const rows = await advance(cadence.steps);
    if (!rows) continue;
    const logged = rows.filter((r) => r.step % cadence.logEvery === 0 || r.step === cadence.steps);
    run.log(logged.map((r) => ({ ...r, seconds: seconds() })));
    const meanings = Object.fromEntries(trainer.meanings);
    const { step, images } = trainer;
    listen({ kind: "progress", step, images, seconds: seconds(), values: latest(rows), meanings });
    if (crosses(from, step, cadence.sampleEvery)) await sample();
    // Before the checkpoint: a run that goes on from it must not miss the measurement.
    if (crosses(shown, images, cadence.measureEveryImages)) await measure();
    if (crosses(from, step, cadence.checkpointEvery)) await save();
    why = endingOf(parts, seconds());
  }
  if (why !== "stopped") await sample();
  await save();
  listen({ kind: "end", step: trainer.step, why });
  return why;
}

/** Why a run is to end now, if it is. */
function endingOf(
  { trainer, cadence, best, stopped }: LoopParts,
  seconds: number,
): Ending | undefined {
  if (trainer.step >= cadence.steps) return "steps";
  if (best?.exhausted) return "patience";
  if (seconds >= 60 * (cadence.minutes ?? Number.POSITIVE_INFINITY)) return "minutes";
  return stopped() ? "stopped" : undefined;
}

/** The newest value of each reading: players with a slow cadence do not speak at every tick. */
function latest(rows: readonly TickReadings[]): Record<string, number> {
  return Object.assign({}, ...rows.map((r) => r.values));
}

/** Whether a multiple of `every` lies in (from, to]; never where there is no cadence. */
const crosses = (from: number, to: number, every = Number.POSITIVE_INFINITY): boolean =>
  Math.floor(to / every) > Math.floor(from / every);
