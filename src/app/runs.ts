import { lstatSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { GanymedeError } from "../core/errors.ts";
import { unwritable, writeAtomic } from "../core/files.ts";
import { listCheckpoints } from "../train/checkpoint.ts";
import { RunFolder } from "../train/run-folder.ts";
import { holderOf, RunLock } from "../train/run-lock.ts";
import { type RunConfig, readRunConfig } from "./run-config.ts";
import { readEnding } from "./run-ending.ts";
import { runsIn } from "./run-names.ts";
import { noteOf } from "./run-notes.ts";
import { bestScore } from "./run-scores.ts";

/** How a run stands. `broken off`: its process was killed. `unreadable`: run.json is damaged. */
export type RunState =
  | "training"
  | "done"
  | "time was up"
  | "ended early"
  | "stopped"
  | "failed"
  | "broken off"
  | "unreadable";

/** A run in a list of them. */
export interface RunSummary {
  readonly name: string;
  readonly path: string;
  readonly state: RunState;
  /** Code of the error that ended it, or that makes it unreadable. */
  readonly error?: string;
  readonly system?: string;
  readonly data?: string;
  /** Of the newest checkpoint. */
  readonly step: number;
  /** In all. */
  readonly steps?: number;
  /** By the metric that chooses its best checkpoint, else by the first of the newest scores. */
  readonly best?: { readonly metric: string; readonly value: number; readonly step: number };
  /** When its folder was made, ISO 8601. */
  readonly started: string;
  readonly bytes: number;
  readonly tags: readonly string[];
  /** What its user wrote about it; "" where nothing was. */
  readonly note: string;
}

/** The runs in a folder, the one that was started or resumed last at the end. */
export const listRuns = (out: string): Promise<RunSummary[]> =>
  Promise.all(runsIn(out).map(summaryOf));

/** One run as a list has it. Throws `NO_RUN`. */
export async function summaryOf(path: string): Promise<RunSummary> {
  const common = {
    name: basename(path),
    path,
    step: listCheckpoints(join(path, "checkpoints")).at(-1) ?? 0,
    started: statSync(path).birthtime.toISOString(),
    bytes: sizeOf(path),
    tags: tagsOf(path),
    note: noteOf(path),
  };
  const config = attempt(() => readRunConfig(RunFolder.open(path)));
  if (typeof config === "string") return { ...common, state: "unreadable", error: config };
  const best = await bestScore(path, config.best?.metric);
  return {
    ...common,
    ...stateOf(path, config),
    system: config.system,
    data: config.data.source,
    steps: config.steps,
    ...(best && {
      best: { metric: best.score.metric, value: best.score.value, step: best.step },
    }),
  };
}

const endings = {
  steps: "done",
  minutes: "time was up",
  patience: "ended early",
  stopped: "stopped",
  failed: "failed",
} as const;

/** How a run of a configuration stands at this moment. */
export function stateOf(
  path: string,
  { steps }: Pick<RunConfig, "steps">,
): Pick<RunSummary, "state" | "error"> {
  if (holderOf(path)) return { state: "training" };
  const ending = readEnding(path);
  if (!ending) {
    // Runs of before endings were noted.
    const isDone = listCheckpoints(join(path, "checkpoints")).at(-1) === steps;
    return { state: isDone ? "done" : "broken off" };
  }
  const state = endings[ending.why];
  return ending.why === "failed" ? { state, error: ending.code } : { state };
}

/** The value, or the code of the error. */
function attempt<T extends object>(read: () => T): T | string {
  try {
    return read();
  } catch (error) {
    if (error instanceof GanymedeError) return error.code;
    throw error;
  }
}

/** Bytes of all files below a folder. One that goes while it is looked at counts for nothing. */
function sizeOf(folder: string): number {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return files.reduce((sum, file) => {
    const stat = lstatSync(join(folder, file), { throwIfNoEntry: false });
    return sum + (stat?.isFile() ? stat.size : 0);
  }, 0);
}

const tagFile = (path: string): string => join(path, "tags.json");

/** Words that a user gave a run. */
export function tagsOf(path: string): string[] {
  try {
    const tags = JSON.parse(readFileSync(tagFile(path), "utf8")) as unknown;
    return Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [];
  } catch {
    return [];
  }
}

/**
 * Gives tags to a run and takes others away. Throws `NO_RUN`, `OPTION` for a tag that is no word.
 * Returns what it has then.
 */
export function tagRun(path: string, add: readonly string[], remove: readonly string[] = []) {
  RunFolder.open(path);
  for (const tag of add) requireWord(tag);
  const tags = [...new Set([...tagsOf(path), ...add])]
    .filter((tag) => !remove.includes(tag))
    .sort();
  writeAtomic(tagFile(path), `${JSON.stringify(tags)}\n`);
  return tags;
}

function requireWord(tag: string): void {
  if (/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,39}$/u.test(tag)) return;
  throw new GanymedeError("OPTION", {
    where: "tags",
    expected: "words of up to 40 letters, digits, dots and dashes",
    got: JSON.stringify(tag),
    fix: "choose another word",
  });
}

/**
 * Deletes a run with all its files, for good. Throws `NO_RUN`, `RUN_ELSEWHERE` for what does not lie
 * in `out` itself, `RUN_BUSY` while it is trained, `UNWRITABLE`.
 */
export function deleteRun(out: string, path: string): void {
  requireInside(out, path);
  const lock = RunLock.take(path);
  // First out of sight: if this is cut short, no half of a run stands in the list.
  const aside = join(dirname(path), `.${basename(path)}.deleted`);
  try {
    rmSync(aside, { recursive: true, force: true });
    renameSync(path, aside);
  } catch (error) {
    lock.release();
    throw unwritable(path, error);
  }
  rmSync(aside, { recursive: true, force: true });
}

/** Whether a run may be deleted: a folder of its own in a folder of runs. */
export function requireInside(out: string, path: string): void {
  RunFolder.open(path);
  const isLink = lstatSync(path).isSymbolicLink();
  if (!isLink && resolve(dirname(resolve(path))) === resolve(out)) return;
  throw new GanymedeError("RUN_ELSEWHERE", {
    where: path,
    expected: `a run in ${out}`,
    got: isLink ? "a link" : "a folder elsewhere",
    fix: "name its folder of runs with --out, or delete it by hand",
  });
}
