import { GanymedeError } from "../core/errors.ts";
import type { LastingProvider } from "../engine/run/lasting.ts";
import { cutAt, type RateCut, withRates } from "../gan/rates.ts";
import type { Schedule } from "../nn/schedule.ts";
import { type Autopsy, autopsy } from "../train/autopsy.ts";
import type { LoopEvent } from "../train/loop.ts";
import type { RunFolder } from "../train/run-folder.ts";
import type { Snapshot, Trainer, TrainerOptions } from "../train/trainer.ts";
import { blameText } from "./blame-text.ts";
import type { RunConfig } from "./config.ts";
import { keepReproduction, reproductionFolder } from "./reproduction.ts";

/** What a run does on the first number that is not finite, when it is not to stop. */
export interface Rollback {
  /** Times every learning rate, in (0, 1]. */
  readonly factor: number;
  /** So many times in a run at most. */
  readonly limit: number;
}

/** How often a device may be lost in one session before the run gives up. */
const mostLosses = 5;

/** A cut of the rates in a run's configuration. */
export interface RecordedCut extends RateCut {
  /** The tick that was not finite, where a run cut its rates by itself. */
  readonly failedAt?: number;
}

/**
 * What becomes of a run that meets a number that is not finite, or loses its device. After a loss the
 * device is opened again and the newest checkpoint taken up. Else the operator at fault is found, a
 * reproduction is written, and the run stops at its last good state or rolls back. The state is taken
 * from a checkpoint, not from the tick before: by then the weights are usually lost already.
 */
export class Recovery {
  /** The run's configuration with the cuts so far. */
  config: RunConfig;
  private readonly cuts: RecordedCut[];
  private readonly run: RunFolder;
  private readonly options: TrainerOptions;
  private readonly device: Pick<LastingProvider, "reopen">;
  private losses = 0;

  constructor(
    run: RunFolder,
    config: RunConfig,
    options: TrainerOptions,
    device: Pick<LastingProvider, "reopen">,
  ) {
    this.config = config;
    this.run = run;
    this.device = device;
    this.cuts = [...(config.rateCuts ?? [])];
    const scale: Schedule = (progress) => cutAt(this.cuts)(progress);
    this.options = { ...options, game: withRates(options.game, scale) };
  }

  /** What a trainer is made from: rates are cut while it runs. */
  get trainerOptions(): TrainerOptions {
    return this.options;
  }

  /** From tick `from` on, rates are `factor` times what they were; the run's folder is told. */
  cut(cut: RecordedCut): void {
    this.cuts.push(cut);
    this.config = { ...this.config, rateCuts: [...this.cuts] };
    this.run.writeConfig(this.config);
  }

  /** Returns when the trainer can go on, from an earlier state. Throws `error`, or the fault in full. */
  async recover(
    error: unknown,
    trainer: Trainer,
    listen: (event: LoopEvent) => void,
  ): Promise<void> {
    if (error instanceof GanymedeError && error.code === "DEVICE_LOST") {
      return this.recoverDevice(error, trainer, listen);
    }
    if (!(error instanceof GanymedeError) || error.code !== "NON_FINITE") throw error;
    const start = await trainer.snapshot();
    const found = await autopsy(this.options, start, this.config.steps);
    const step = found?.step ?? start.step + 1;
    const folder = found && (await this.keep(found));
    const text = found ? blameText(found.blame) : "Run again tick by tick, it was finite.";
    listen({ kind: "nonfinite", step, text, ...(folder !== undefined && { folder }) });
    const done = this.cuts.filter(({ failedAt }) => failedAt !== undefined);
    const rollback = this.config.onNonFinite;
    if (!rollback || rollback === "stop" || done.length >= rollback.limit) {
      this.saveLastGood(found?.before ?? start);
      throw this.faultOf(error, { step, text, folder }, done.length);
    }
    const to = this.target(step, done.at(-1)?.from);
    this.restore(trainer, to);
    this.cut({ from: to, factor: rollback.factor, failedAt: step });
    listen({ kind: "rollback", step: to, failedAt: step, factor: rollback.factor });
  }

  /** Opens the device again and takes up the newest checkpoint; the start where there is none. */
  private async recoverDevice(
    error: GanymedeError,
    trainer: Trainer,
    listen: (event: LoopEvent) => void,
  ): Promise<void> {
    this.losses++;
    if (this.losses > mostLosses) throw error;
    const failedAt = trainer.step;
    await this.device.reopen();
    const to = this.run.checkpointSteps().at(-1) ?? 0;
    this.restore(trainer, to);
    listen({ kind: "device-lost", step: to, failedAt, text: error.fault.got });
  }

  /** Drops what was saved after tick `to` and takes up the state of then. */
  restore(trainer: Trainer, to: number): void {
    this.run.dropCheckpoints(to);
    trainer.restore(
      to === 0 ? { step: 0, images: 0, values: new Map() } : this.run.load(to).snapshot,
    );
    this.run.rewind(to);
  }

  /**
   * The newest checkpoint of before the failure; the one before it where none was saved since the run
   * last went back, to `tried`; the start where there is none.
   */
  private target(failed: number, tried = -1): number {
    const steps = this.run.checkpointSteps().filter((step) => step < failed);
    const newest = steps.at(-1) ?? 0;
    return newest > tried ? newest : (steps.filter((step) => step < tried).at(-1) ?? 0);
  }

  private saveLastGood(snapshot: Snapshot): void {
    const { seed, system, options } = this.config;
    this.run.save(snapshot, { seed, system, options, lastGood: true });
  }

  /** A full disk must not hide what went wrong. */
  private async keep(found: Autopsy): Promise<string | undefined> {
    const folder = reproductionFolder(this.run.path, found.step);
    try {
      await keepReproduction(folder, found, this.config, this.options.provider);
      return folder;
    } catch (error) {
      if (error instanceof GanymedeError) return undefined;
      throw error;
    }
  }

  private faultOf(
    error: GanymedeError,
    failure: { step: number; text: string; folder: string | undefined },
    tries: number,
  ): GanymedeError {
    const { step, text, folder } = failure;
    const again = `ganymede resume ${this.run.path} --rate-scale 0.5`;
    const kept = folder === undefined ? "" : `; all that is needed to run it again is in ${folder}`;
    const after = tries > 0 ? `, after ${tries} cuts of the rates` : "";
    return new GanymedeError("NON_FINITE", {
      where: `step ${step} of ${this.run.path}${after}: ${error.fault.where.split(" at step ")[0]}`,
      expected: "finite numbers",
      got: text,
      fix: `go back to the last checkpoint with half the learning rates: ${again}${kept}`,
    });
  }
}
