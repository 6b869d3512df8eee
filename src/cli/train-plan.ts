import { join } from "node:path";
import { askedOf, mergeAsked, repeatConfig } from "../app/asked.ts";
import { type Branch, branchRun } from "../app/branch.ts";
import { type Asked, loadData, loadSystem, type RunConfig, resolveConfig } from "../app/config.ts";
import { readConfigFile } from "../app/config-file.ts";
import { resumeConfig } from "../app/resume.ts";
import { readRunConfig } from "../app/run-config.ts";
import { findRun, latestRun, nextRunName } from "../app/run-names.ts";
import type { TrainRequest } from "../app/run-training.ts";
import { GanymedeError } from "../core/errors.ts";
import type { Source } from "../data/source.ts";
import { RunFolder } from "../train/run-folder.ts";
import type { Call, Command } from "./command.ts";
import {
  camel,
  positiveNumber,
  readCheckpoint,
  readFlags,
  readText,
  unknownFlag,
  wholeNumber,
} from "./flags.ts";
import { openingOn } from "./opening.ts";
import { readSettings } from "./training-flags.ts";

/** A new run, and its data opened. */
export interface Plan {
  readonly request: TrainRequest;
  readonly source: Source;
}

/**
 * The new run that a command line asks for: what a file, a stored run or a preset says, flags over it.
 * `own` are the options of the command, beside those of system and data. Throws `UNKNOWN_*`, `OPTION`,
 * `USAGE`, `CONFIG_*`, `NO_RUN` or what the data source throws.
 */
export async function planTraining(call: Call, own: Command["options"]): Promise<Plan> {
  const given = call.options;
  const { config: file, from, name } = given as Record<string, string | undefined>;
  if (file !== undefined && from !== undefined) {
    throw usage("either --config or --from", "both", "leave one of them out");
  }
  const out = given.out === undefined ? "runs" : String(given.out);
  const stored = from === undefined ? undefined : runPathOf(out, from);
  const base: Partial<Asked> =
    stored !== undefined
      ? askedOf(readRunConfig(RunFolder.open(stored)))
      : file === undefined
        ? {}
        : await readConfigFile(file, call.args[0]);
  const flags: Partial<Asked> = {
    data: given.data as string | undefined,
    preset: given.preset as string | undefined,
    seed: wholeNumber("--seed", given.seed, 0),
    ...readSettings(given),
  };
  const asked = mergeAsked(base, flags);
  const system = systemOf(call.args[0], base.system);
  const parts = await readParts(call.rest, { ...asked, system }, own, `train ${system}`);
  const all = mergeAsked({ ...asked, system }, parts) as Asked;
  const opening = openingOn(call.terminal);
  const { config, source } =
    stored === undefined
      ? await resolveConfig(all, opening)
      : await repeatConfig(stored, mergeAsked(flags, parts), opening);
  const runPath = join(out, name ?? nextRunName(out, config.system));
  return { request: { config, runPath, resume: false }, source };
}

/**
 * The run that a command line says to go on with: the latest one where it names none. Throws `NO_RUN`,
 * `RUN_CORRUPT`, `CHECKPOINT_MISMATCH`, `UNKNOWN_*` or `OPTION`.
 */
export async function planResume(call: Call, own: Command["options"]): Promise<TrainRequest> {
  const given = call.options;
  const out = given.out === undefined ? "runs" : String(given.out);
  const [named] = call.args;
  const runPath = named === undefined ? latestRun(out) : runPathOf(out, named);
  const stored = readRunConfig(RunFolder.open(runPath));
  const { asked, scale } = await readChanges(call, stored, own, "resume");
  const config = await resumeConfig(runPath, stored, asked);
  return { config, runPath, resume: true, ...scale };
}

/**
 * A new run of a checkpoint of the one that a command line names; its folder is made. Throws as
 * `planResume`, and `NO_CHECKPOINT`, `CHECKPOINT_CORRUPT`, `RUN_EXISTS`.
 */
export async function planBranch(call: Call, own: Command["options"]): Promise<TrainRequest> {
  const given = call.options;
  const out = given.out === undefined ? "runs" : String(given.out);
  const from = runPathOf(out, call.args[0]!);
  const stored = readRunConfig(RunFolder.open(from));
  const { asked, scale } = await readChanges(call, stored, own, "branch");
  const name = (given.name as string | undefined) ?? nextRunName(out, stored.system);
  const to = join(out, name);
  const at = readCheckpoint(given.checkpoint);
  const freeze = readFreeze(given.freeze);
  const opening = openingOn(call.terminal);
  const { config } = await branchRun({ from, to, changes: asked, opening, ...at, ...freeze });
  return { config, runPath: to, resume: true, ...scale };
}

/** A number of layers, or the paths of parts. */
function readFreeze(text: unknown): Pick<Branch, "freeze"> {
  if (text === undefined) return {};
  const given = String(text);
  if (given === "0") return { freeze: [] };
  return { freeze: /^\d+$/.test(given) ? Number(given) : given.split(",") };
}

/** What is to differ when a stored run goes on. */
async function readChanges(
  call: Call,
  stored: RunConfig,
  own: Command["options"],
  where: string,
): Promise<{ asked: Asked; scale: Pick<TrainRequest, "rateScale"> }> {
  const data = (call.options.data as string | undefined) ?? stored.data.source;
  const base = { system: stored.system, data };
  const parts = await readParts(call.rest, base, own, where);
  const asked = { ...base, ...readSettings(call.options), ...parts };
  const rateScale = positiveNumber("--rate-scale", call.options.rateScale);
  return { asked, scale: rateScale === undefined ? {} : { rateScale } };
}

/** A run's folder, given by path, name, or the path of its run.json. */
const runPathOf = (out: string, run: string): string =>
  findRun(out, run.replace(/[\\/]run\.json$/, ""));

function systemOf(named: string | undefined, stored: string | undefined): string {
  if (named !== undefined && stored !== undefined && named !== stored) {
    throw usage(`${stored}, as in the file`, named, "leave the system out, or use another file");
  }
  const system = named ?? stored;
  if (system !== undefined) return system;
  throw usage(
    "a system, or a file that names one",
    "missing required argument 'system'",
    "see `ganymede systems`, or use --config <file>",
  );
}

const usage = (expected: string, got: string, fix: string): GanymedeError =>
  new GanymedeError("USAGE", { where: "ganymede train", expected, got, fix });

/** Sorts the flags that are not the command's own into those of the system and of the data. */
async function readParts(
  tokens: readonly string[],
  asked: Pick<Asked, "system" | "preset" | "data">,
  own: Command["options"],
  where: string,
): Promise<Pick<Asked, "options" | "dataOptions">> {
  const system = await loadSystem(asked.system);
  const preset = system.presets?.[String(asked.preset)];
  const named = asked.data ?? preset?.data?.source ?? system.data;
  const { definition: source } = await loadData(named);
  const options: Record<string, unknown> = {};
  const dataOptions: Record<string, unknown> = {};
  for (const [name, text] of readFlags(tokens)) {
    const key = name.startsWith("data.") ? name.slice(5) : undefined;
    if (key !== undefined && Object.hasOwn(source.options, key)) {
      dataOptions[key] = readText(source.options[key]!, text);
    } else if (Object.hasOwn(system.options, name)) {
      options[name] = readText(system.options[name]!, text);
    } else {
      unknownFlag(where, name, [
        ...Object.keys(system.options),
        ...Object.keys(source.options).map((k) => `data.${k}`),
        ...own.map(([flags]) => camel(flags.split(" ")[0]!.slice(2))),
      ]);
    }
  }
  return { options, dataOptions };
}
