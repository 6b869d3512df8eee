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
  | { readonly kind: "end"; readonly step: number; readonly interrupted: boolean };

export interface LoopParts {
  readonly trainer: Trainer;
  readonly run: RunFolder;
  readonly cadence: Cadence;
  /** Makes the picture of the run's fixed latent codes. */
  readonly picture: () => Promise<Uint8Array>;
  readonly save: () => Promise<void>;
  readonly listen: (event: LoopEvent) => void;
  /** Asked between calls of the runtime; true ends the loop with a checkpoint. */
  readonly stopped: () => boolean;
}

/**
 * Trains until `cadence` says it is enough or a stop, logging, sampling and saving on the way. Returns
 * whether a stop ended it.
 */
export async function runLoop(parts: LoopParts): Promise<boolean> {
  const { trainer, run, cadence, listen } = parts;
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  let savedAt = trainer.step;
  const save = async () => {
    if (savedAt === trainer.step) return;
    await parts.save();
    savedAt = trainer.step;
    listen({ kind: "checkpoint", step: trainer.step });
  };
  let sampledAt = -1;
  const sample = async () => {
    if (sampledAt === trainer.step) return;
    sampledAt = trainer.step;
    const file = run.saveSamples(trainer.step, await parts.picture());
    listen({ kind: "samples", step: trainer.step, file });
  };
  listen({ kind: "start", step: trainer.step, meanings: {} });
  const enough = () =>
    trainer.step >= cadence.steps ||
    seconds() >= 60 * (cadence.minutes ?? Number.POSITIVE_INFINITY);
  while (!enough() && !parts.stopped()) {
    const from = trainer.step;
    const rows = await trainer.advance(cadence.steps);
    const logged = rows.filter((r) => r.step % cadence.logEvery === 0 || r.step === cadence.steps);
    run.log(logged.map((r) => ({ ...r, seconds: seconds() })));
    const last = rows.at(-1)!;
    const meanings = Object.fromEntries(trainer.meanings);
    const { step, images } = trainer;
    listen({ kind: "progress", step, images, seconds: seconds(), values: latest(rows), meanings });
    if (crosses(from, last.step, cadence.sampleEvery)) await sample();
    if (crosses(from, last.step, cadence.checkpointEvery)) await save();
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
