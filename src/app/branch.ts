import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { GanymedeError } from "../core/errors.ts";
import { unwritable, writeAtomic } from "../core/files.ts";
import { type CheckpointChoice, saveCheckpoint } from "../train/checkpoint.ts";
import { RunFolder } from "../train/run-folder.ts";
import type { Asked } from "./config.ts";
import { resumeConfig } from "./resume.ts";
import { type RunConfig, readRunConfig } from "./run-config.ts";

export interface Branch {
  /** The folder of the run to branch from, which stays as it is. */
  readonly from: string;
  /** The folder of the new run. */
  readonly to: string;
  /** The newest when absent. */
  readonly checkpoint?: CheckpointChoice;
  /** What is to differ from then on: settings, and the batch. */
  readonly changes?: Partial<Omit<Asked, "preset">>;
}

/**
 * Makes a new run of a checkpoint of another one, with what that had logged by then. It is trained
 * like one that is resumed: to the bit what the other became, unless something was changed. The folder
 * is there whole or not at all. Throws `NO_RUN`, `NO_CHECKPOINT`, `CHECKPOINT_CORRUPT`, `RUN_EXISTS`,
 * `UNWRITABLE`, and as `resumeConfig`.
 *
 * @returns the new run's configuration, and the step at which it stands
 */
export async function branchRun({
  from,
  to,
  checkpoint,
  changes = {},
}: Branch): Promise<{ config: RunConfig; step: number }> {
  const run = RunFolder.open(from);
  const stored = readRunConfig(run);
  const same = { system: stored.system, data: stored.data.source };
  const settled = await resumeConfig(from, stored, { ...same, ...changes });
  if (existsSync(to)) throw taken(to);
  const { snapshot } = run.load(checkpoint);
  const { step } = snapshot;
  const { rateCuts, ...rest } = settled;
  const cuts = rateCuts?.filter((cut) => cut.from <= step) ?? [];
  const branchedFrom = { run: basename(from), step };
  const config = { ...rest, ...(cuts.length > 0 && { rateCuts: cuts }), branchedFrom };
  const aside = join(dirname(to), `.${basename(to)}.branch`);
  rmSync(aside, { recursive: true, force: true });
  try {
    // The options are those of the checkpoint: another batch is the resumed training's affair.
    const { seed, system, options } = stored;
    saveCheckpoint(join(aside, "checkpoints"), snapshot, { seed, system, options });
    copyPast(from, aside, step);
    RunFolder.create(aside, config);
    renameSync(aside, to);
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    throw error instanceof GanymedeError ? error : unwritable(to, error);
  }
  return { config, step };
}

/** What was logged up to `step`, and the pictures until then. */
function copyPast(from: string, to: string, step: number): void {
  for (const name of ["metrics.jsonl", "health.jsonl", "scores.jsonl"]) {
    const file = join(from, name);
    if (!existsSync(file)) continue;
    const lines = readFileSync(file, "utf8").split("\n");
    const kept = lines.filter((line) => stepOf(line) <= step);
    writeAtomic(join(to, name), kept.map((line) => `${line}\n`).join(""));
  }
  for (const name of ["readings.json", join("checkpoints", "best.json")]) {
    if (existsSync(join(from, name))) cpSync(join(from, name), join(to, name));
  }
  const samples = join(from, "samples");
  for (const file of existsSync(samples) ? readdirSync(samples) : []) {
    const made = Number(/^step-(\d+)\.png$/.exec(file)?.[1] ?? Number.NaN);
    if (made <= step) cpSync(join(samples, file), join(to, "samples", file));
  }
}

/** Infinity for a line that a crash cut off. */
function stepOf(line: string): number {
  try {
    return (JSON.parse(line) as { step: number }).step;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

const taken = (to: string): GanymedeError =>
  new GanymedeError("RUN_EXISTS", {
    where: to,
    expected: "a folder that is not there yet",
    got: "one that is",
    fix: "choose another name for the branch",
  });
