import { GanymedeError } from "../core/errors.ts";
import type { ReadingAbout } from "../gan/game.ts";
import type { BestKeeper } from "./best.ts";
import { type Finding, type Heard, ReadingWindow } from "./examination.ts";
import type { MemoryForecast } from "./forecast.ts";
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
  | { readonly kind: "start"; readonly step: number }
  | {
      readonly kind: "progress";
      readonly step: number;
      readonly images: number;
      readonly seconds: number;
      readonly values: TickReadings["values"];
      /** What the readings are, by name. */
      readonly about: Readonly<Record<string, ReadingAbout>>;
    }
  /** A look at what goes wrong with GANs; training stood still for `took` seconds. */
  | ({ readonly kind: "health"; readonly step: number; readonly took: number } & Finding)
  | {
      /** Something to know of the whole run. */
      readonly kind: "note";
      readonly step: number;
      readonly text: string;
    }
  /** What training will hold, before its first step. */
  | ({ readonly kind: "memory"; readonly step: number } & MemoryForecast)
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
  | {
      /** The device was lost after tick `failedAt`, opened again, and training goes on from `step`. */
      readonly kind: "device-lost";
      readonly step: number;
      readonly failedAt: number;
      readonly text: string;
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
  /** Looks for what goes wrong, each time that a picture is taken. */
  readonly examine?: (heard: Heard) => Promise<Finding>;
  /** Chooses the checkpoint to keep among the measured steps, and may end the run. */
  readonly best?: BestKeeper;
  /** Asked when a call of the runtime fails: returns when the trainer can go on, or throws. */
  readonly recover?: (error: unknown) => Promise<void>;
  readonly listen: (event: LoopEvent) => void;
  /** Asked between calls of the runtime; true ends the loop with a checkpoint. */
  readonly stopped: () => boolean;
}

/** What is done beside training; each speaks of what it did. */
class Chores {
  private readonly parts: LoopParts;
  private readonly window = new ReadingWindow();
  private savedAt: number;
  private sampledAt = -1;
  private described = 0;

  constructor(parts: LoopParts) {
    this.parts = parts;
    this.savedAt = parts.trainer.step;
  }

  async save(): Promise<void> {
    const { trainer, listen, save } = this.parts;
    if (this.savedAt === trainer.step) return;
    await save();
    this.savedAt = trainer.step;
    listen({ kind: "checkpoint", step: trainer.step });
  }

  /** A picture, and what the samples say of the training's health. */
  async look(): Promise<void> {
    const { run, listen, picture, examine, trainer } = this.parts;
    const { step } = trainer;
    if (this.sampledAt === step) return;
    this.sampledAt = step;
    listen({ kind: "samples", step, file: run.saveSamples(step, await picture()) });
    const before = performance.now();
    const found = await examine?.(this.window.take());
    if (!found) return;
    listen({ kind: "health", step, ...found, took: (performance.now() - before) / 1000 });
  }

  async measure(): Promise<void> {
    if (await score(this.parts)) await this.save();
  }

  /** The ticks of a call; undefined after a failure from which the trainer has gone back. */
  async advance(end: number): Promise<TickReadings[] | undefined> {
    const { trainer, examine } = this.parts;
    try {
      const rows = await trainer.advance(end);
      if (examine) this.window.add(rows);
      return rows;
    } catch (error) {
      await this.goBack(error);
      return undefined;
    }
  }

  /** What is due after ticks `from` to now. Goes back like `advance` where a device is lost. */
  async tidy(from: number, shown: number): Promise<void> {
    const { cadence, trainer } = this.parts;
    const { step, images } = trainer;
    try {
      if (crosses(from, step, cadence.sampleEvery)) await this.look();
      // Before the checkpoint: a run that goes on from it must not miss the measurement.
      if (crosses(shown, images, cadence.measureEveryImages)) await this.measure();
      if (crosses(from, step, cadence.checkpointEvery)) await this.save();
    } catch (error) {
      if (!(error instanceof GanymedeError) || error.code !== "DEVICE_LOST") throw error;
      await this.goBack(error);
    }
  }

  private async goBack(error: unknown): Promise<void> {
    const { trainer, recover, best } = this.parts;
    if (!recover) throw error;
    await recover(error);
    best?.rewind(trainer.step);
    this.savedAt = trainer.step;
    this.sampledAt = -1;
    this.window.take();
  }

  /** What the readings are; the run's folder is told when there are new ones. */
  describe(): Readonly<Record<string, ReadingAbout>> {
    const { run, trainer } = this.parts;
    const about = Object.fromEntries(trainer.readings);
    if (trainer.readings.size > this.described) run.writeReadings(about);
    this.described = trainer.readings.size;
    return about;
  }
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
  const chores = new Chores(parts);
  listen({ kind: "start", step: trainer.step });
  let why = endingOf(parts, 0);
  while (!why) {
    const { step: from, images: shown } = trainer;
    const rows = await chores.advance(cadence.steps);
    if (!rows) continue;
    const logged = rows.filter((r) => r.step % cadence.logEvery === 0 || r.step === cadence.steps);
    run.log(logged.map((r) => ({ ...r, seconds: seconds() })));
    const about = chores.describe();
    const { step, images } = trainer;
    listen({ kind: "progress", step, images, seconds: seconds(), values: latest(rows), about });
    await chores.tidy(from, shown);
    why = endingOf(parts, seconds());
  }
  if (why !== "stopped") await chores.look();
  await chores.save();
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
