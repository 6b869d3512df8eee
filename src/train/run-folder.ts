import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { GanymedeError } from "../core/errors.ts";
import { sweepTemporaries, unwritable, writeAtomic } from "../core/files.ts";
import type { ReadingAbout } from "../gan/game.ts";
import {
  type CheckpointChoice,
  type CheckpointInfo,
  dropCheckpoints,
  listCheckpoints,
  loadCheckpoint,
  saveCheckpoint,
} from "./checkpoint.ts";
import type { Finding } from "./examination.ts";
import type { Retention } from "./retention.ts";
import type { Snapshot, TickReadings } from "./trainer.ts";

/** One look at a training's health. */
export interface HealthRecord extends Finding {
  readonly step: number;
}

/**
 * `runs/<name>/`: everything one run leaves behind.
 *
 *   run.json              the resolved configuration, enough to repeat the run
 *   metrics.jsonl         one line per logged tick
 *   readings.json         what its numbers are: meaning, unit, healthy values
 *   health.jsonl          one line per look for what goes wrong
 *   samples/step-N.png    the same latent codes over time
 *   tensorboard/          the same for TensorBoard, where that was asked for
 *   checkpoints/step-N.*  the last two checkpoints, the best one, and those kept for good
 *   checkpoints/best.json how each measured step scored, where the best is kept
 *   nonfinite/step-N/     all that it takes to run a tick again that was not finite
 */
export class RunFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Makes a new run. Throws `RUN_EXISTS`, or `UNWRITABLE` when the folder cannot be made. */
  static create(path: string, config: unknown): RunFolder {
    if (existsSync(join(path, "run.json"))) {
      throw new GanymedeError("RUN_EXISTS", {
        where: path,
        expected: "a folder without a run",
        got: "one that holds a run",
        fix: "go on with it by `ganymede resume`, or choose another name with --name",
      });
    }
    const run = new RunFolder(path);
    run.writeConfig(config);
    return run;
  }

  /** Opens an existing run. Throws `NO_RUN` when there is none at `path`. */
  static open(path: string): RunFolder {
    if (!existsSync(join(path, "run.json"))) {
      throw new GanymedeError("NO_RUN", {
        where: path,
        expected: "a run folder with run.json",
        got: existsSync(path) ? "a folder without it" : "no such folder",
        fix: "name a folder under runs/, as printed when the run was started",
      });
    }
    return new RunFolder(path);
  }

  get configFile(): string {
    return join(this.path, "run.json");
  }

  /** Throws `RUN_CORRUPT` when run.json cannot be read. */
  readConfig(): unknown {
    const file = this.configFile;
    try {
      return JSON.parse(readFileSync(file, "utf8"));
    } catch (cause) {
      const got = cause instanceof Error ? cause.message : String(cause);
      const fix = "restore it from a copy, or start a new run";
      throw new GanymedeError("RUN_CORRUPT", { where: file, expected: "valid JSON", got, fix });
    }
  }

  writeConfig(config: unknown): void {
    writeAtomic(this.configFile, `${JSON.stringify(config, null, 2)}\n`);
  }

  log(rows: readonly (TickReadings & Record<string, unknown>)[]): void {
    this.append("metrics.jsonl", rows);
  }

  logHealth(found: HealthRecord): void {
    this.append("health.jsonl", [found]);
  }

  /** All looks at the training's health so far; a line that a crash cut off is left out. */
  readHealth(): HealthRecord[] {
    return this.lines("health.jsonl").flatMap((line) => {
      try {
        return [JSON.parse(line) as HealthRecord];
      } catch {
        return [];
      }
    });
  }

  /** What the readings of metrics.jsonl are, as far as they are known by now. */
  writeReadings(about: Readonly<Record<string, ReadingAbout>>): void {
    writeAtomic(join(this.path, "readings.json"), `${JSON.stringify(about, null, 2)}\n`);
  }

  private append(name: string, rows: readonly unknown[]): void {
    const file = join(this.path, name);
    try {
      appendFileSync(file, rows.map((r) => `${JSON.stringify(r)}\n`).join(""));
    } catch (cause) {
      throw unwritable(file, cause);
    }
  }

  private lines(name: string): string[] {
    const file = join(this.path, name);
    return existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
  }

  /**
   * Makes good what a killed process left: half-written files go, and so do logged ticks after `step`,
   * which a resumed run writes again.
   */
  rewind(step: number): void {
    for (const folder of ["", "checkpoints", "samples"]) sweepTemporaries(join(this.path, folder));
    for (const name of ["metrics.jsonl", "health.jsonl"]) this.cutLog(name, step);
  }

  private cutLog(name: string, step: number): void {
    const lines = this.lines(name);
    if (lines.length === 0) return;
    const keep = lines.filter((line) => {
      try {
        return (JSON.parse(line) as { step: number }).step <= step;
      } catch {
        // The process ended in the middle of this line.
        return false;
      }
    });
    writeAtomic(join(this.path, name), keep.map((line) => `${line}\n`).join(""));
  }

  /** Writes a picture of samples and returns its path. */
  saveSamples(step: number, png: Uint8Array): string {
    const file = join(this.path, "samples", `step-${String(step).padStart(8, "0")}.png`);
    writeAtomic(file, png);
    return file;
  }

  save(
    snapshot: Snapshot,
    info: Omit<CheckpointInfo, "file" | "step" | "images">,
    keep?: Retention,
  ): void {
    saveCheckpoint(this.checkpoints, snapshot, info, keep);
  }

  /** Throws `NO_CHECKPOINT` or `CHECKPOINT_CORRUPT`. */
  load(choice?: CheckpointChoice): { info: CheckpointInfo; snapshot: Snapshot } {
    return loadCheckpoint(this.checkpoints, choice);
  }

  /** Steps of the complete checkpoints, ascending. */
  checkpointSteps(): number[] {
    return listCheckpoints(this.checkpoints);
  }

  /** Removes the checkpoints of after `step`. */
  dropCheckpoints(step: number): void {
    dropCheckpoints(this.checkpoints, step);
  }

  /** The folder of the checkpoints. */
  get checkpoints(): string {
    return join(this.path, "checkpoints");
  }
}
