import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { GanymedeError } from "../core/errors.ts";
import { unwritable, writeAtomic } from "../core/files.ts";
import type { Opening } from "../data/source.ts";
import { type CheckpointChoice, saveCheckpoint } from "../train/checkpoint.ts";
import { RunFolder } from "../train/run-folder.ts";
import type { Snapshot } from "../train/trainer.ts";
import {
  type Asked,
  buildGame,
  dataOptions,
  loadData,
  loadSystem,
  openData,
  type RunConfig,
} from "./config.ts";
import { type Freeze, frozenParts } from "./freeze.ts";
import { requireMatch, variablesOf } from "./match.ts";
import { resumeConfig } from "./resume.ts";
import { readRunConfig } from "./run-config.ts";

export interface Branch {
  /** The folder of the run to branch from, which stays as it is. */
  readonly from: string;
  /** The folder of the new run. */
  readonly to: string;
  /** The newest when absent. */
  readonly checkpoint?: CheckpointChoice;
  /** What is to differ from then on: settings, the batch, and the data where others have the same form. */
  readonly changes?: Partial<Omit<Asked, "preset">>;
  /** What no longer learns: FreezeD, with other data. That of `from` when absent; [] = nothing. */
  readonly freeze?: Freeze;
  /** Hears of the opening of other data. */
  readonly opening?: Opening;
}

/**
 * Makes a new run of a checkpoint of another one, with what that had logged by then. It is trained
 * like one that is resumed: to the bit what the other became, unless something was changed. On other data
 * it has no scores of those before. The folder is there whole or not at all. Throws `NO_RUN`,
 * `NO_CHECKPOINT`, `CHECKPOINT_CORRUPT`, `RUN_EXISTS`, `UNWRITABLE`, `OPTION` for what cannot be frozen,
 * what other data throw when they are opened, and as `resumeConfig`.
 *
 * @returns the new run's configuration, and the step at which it stands
 */
export async function branchRun({
  from,
  to,
  checkpoint,
  changes = {},
  freeze,
  opening,
}: Branch): Promise<{ config: RunConfig; step: number }> {
  const run = RunFolder.open(from);
  const before = readRunConfig(run);
  const stored = await onOtherData(before, changes, opening);
  const { data: _, dataOptions: __, ...settings } = changes;
  const same = { system: stored.system, data: stored.data.source };
  const settled = await resumeConfig(from, stored, { ...same, ...settings });
  if (existsSync(to)) throw taken(to);
  const loaded = run.load(checkpoint);
  const { step } = loaded.snapshot;
  const isOther = stored !== before;
  if (isOther) requireMatch(from, { ...stored, steps: step }, await gameOf(stored), loaded);
  const going = since(settled, step, isOther ? before.data : undefined);
  const branched = { ...going, branchedFrom: { run: basename(from), step } };
  const { config, snapshot } = await held(branched, loaded.snapshot, freeze);
  const aside = join(dirname(to), `.${basename(to)}.branch`);
  rmSync(aside, { recursive: true, force: true });
  try {
    // The options are those of the checkpoint: another batch is the resumed training's affair.
    const { seed, system, options } = stored;
    saveCheckpoint(join(aside, "checkpoints"), snapshot, { seed, system, options });
    copyPast(from, aside, step, !isOther);
    RunFolder.create(aside, config);
    renameSync(aside, to);
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    throw error instanceof GanymedeError ? error : unwritable(to, error);
  }
  return { config, step };
}

/** With what the run noted of itself up to `step`; `other` are the data that it learns from no longer. */
function since(
  { rateCuts = [], earlierData = [], ...config }: RunConfig,
  step: number,
  other?: RunConfig["data"],
): RunConfig {
  const cuts = rateCuts.filter((cut) => cut.from <= step);
  const left = other ? [{ source: other.source, options: other.options, until: step }] : [];
  const earlier = [...earlierData, ...left];
  return {
    ...config,
    ...(cuts.length > 0 && { rateCuts: cuts }),
    ...(earlier.length > 0 && { earlierData: earlier }),
  };
}

const gameOf = async (config: RunConfig) => buildGame(await loadSystem(config.system), config);

/** The configuration on the data that are asked for: itself where these are its own. */
async function onOtherData(
  stored: RunConfig,
  { data, dataOptions: given }: Pick<Asked, "data" | "dataOptions">,
  opening?: Opening,
): Promise<RunConfig> {
  const named = await loadData(data ?? stored.data.source, given);
  const { id } = named.definition;
  const kept = id === stored.data.source ? stored.data.options : {};
  const options = dataOptions(named.definition, { ...kept, ...named.options });
  const asked = { source: id, options };
  const { source, options: own } = stored.data;
  if (isDeepStrictEqual(asked, { source, options: own })) return stored;
  const { about, fields } = await openData(asked, opening);
  return { ...stored, data: { ...asked, about }, fields };
}

/** With what is frozen, and without what its optimisers kept: nobody reads that any more. */
async function held(config: RunConfig, snapshot: Snapshot, freeze: Freeze | undefined) {
  if (freeze === undefined) return { config, snapshot };
  const { frozen: _, ...free } = config;
  const parts = frozenParts(await gameOf(free), config.fields, freeze);
  if (parts.length === 0) return { config: free, snapshot };
  const freezing: RunConfig = { ...free, frozen: parts };
  const known = variablesOf(await gameOf(freezing), config.fields, "f16");
  const values = new Map([...snapshot.values].filter(([name]) => known.get(name)));
  return { config: freezing, snapshot: { ...snapshot, values } };
}

/** What was logged up to `step`, scores where they are of the same data, and the pictures until then. */
function copyPast(from: string, to: string, step: number, scored: boolean): void {
  for (const name of ["metrics.jsonl", "health.jsonl", ...(scored ? ["scores.jsonl"] : [])]) {
    const file = join(from, name);
    if (!existsSync(file)) continue;
    const lines = readFileSync(file, "utf8").split("\n");
    const kept = lines.filter((line) => stepOf(line) <= step);
    writeAtomic(join(to, name), kept.map((line) => `${line}\n`).join(""));
  }
  for (const name of ["readings.json", ...(scored ? [join("checkpoints", "best.json")] : [])]) {
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
