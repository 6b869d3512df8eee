import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { GanymedeError } from "../core/errors.ts";
import { writeAtomic } from "../core/files.ts";
import { decodeSafetensors, encodeSafetensors } from "../core/safetensors.ts";
import { bestStep } from "./best.ts";
import { type Retention, superseded } from "./retention.ts";
import type { Snapshot } from "./trainer.ts";

/** What a checkpoint says of itself, beside the tensors. */
export interface CheckpointInfo {
  readonly step: number;
  readonly images: number;
  readonly seed: number;
  readonly system: string;
  /** Checked against the run's configuration on resume. */
  readonly options: unknown;
  readonly file: string;
  /** Set where the next tick was not finite: the state is whole, but may not be worth going on from. */
  readonly lastGood?: boolean;
}

/** Later versions may say more. */
const infoSchema = z.looseObject({
  step: z.int().min(0),
  images: z.int().min(0),
  seed: z.int(),
  system: z.string(),
  options: z.unknown(),
  lastGood: z.boolean().exactOptional(),
  file: z.string().regex(/^step-\d+\.safetensors$/),
});

/** Which checkpoint of a run: the newest, the one with the best score, or the one of a step. */
export type CheckpointChoice = "last" | "best" | number;

const stem = (step: number): string => `step-${String(step).padStart(8, "0")}`;

/**
 * Writes `<folder>/step-N.safetensors`, then `step-N.json`, which makes it count: whatever fails on
 * the way, the previous checkpoint stays whole. Then removes those that `keep` does not keep. Throws
 * `DISK_FULL` or `UNWRITABLE`.
 */
export function saveCheckpoint(
  folder: string,
  snapshot: Snapshot,
  info: Omit<CheckpointInfo, "file" | "step" | "images">,
  keep: Retention = {},
): void {
  const name = stem(snapshot.step);
  const tensors = new Map(
    [...snapshot.values].map(([key, v]) => [key, { dtype: "F32" as const, ...v }]),
  );
  const file = `${name}.safetensors`;
  writeAtomic(join(folder, file), encodeSafetensors(tensors, { format: "ganymede" }));
  const { step, images } = snapshot;
  const record: CheckpointInfo = { step, images, ...info, file };
  writeAtomic(join(folder, `${name}.json`), `${JSON.stringify(record, null, 2)}\n`);
  const all = listCheckpoints(folder);
  for (const old of superseded(all, keep, bestStep(folder, all))) remove(folder, old);
}

/** Removes the checkpoints of after `step`, the newest first: a run goes back to an earlier state. */
export function dropCheckpoints(folder: string, step: number): void {
  const later = listCheckpoints(folder).filter((s) => s > step);
  for (const old of later.reverse()) remove(folder, old);
}

function remove(folder: string, step: number): void {
  rmSync(join(folder, `${stem(step)}.json`), { force: true });
  rmSync(join(folder, `${stem(step)}.safetensors`), { force: true });
}

/** Steps of the complete checkpoints in a folder, ascending. */
export function listCheckpoints(folder: string): number[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap((f) => /^step-(\d+)\.json$/.exec(f)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/**
 * Reads a checkpoint, the newest unless another is asked for. Throws `NO_CHECKPOINT`, or
 * `CHECKPOINT_CORRUPT` for a damaged file.
 */
export function loadCheckpoint(
  folder: string,
  choice: CheckpointChoice = "last",
): { info: CheckpointInfo; snapshot: Snapshot } {
  const step = chosenStep(folder, choice);
  const info = readInfo(join(folder, `${stem(step)}.json`));
  const path = join(folder, info.file);
  const tensors = decodeSafetensors(readBytes(path), path);
  const values = new Map(
    [...tensors.tensors].map(([name, { shape, data }]) => [
      name,
      { shape, data: data as Float32Array },
    ]),
  );
  return { info, snapshot: { step: info.step, images: info.images, values } };
}

function chosenStep(folder: string, choice: CheckpointChoice): number {
  const steps = listCheckpoints(folder);
  const last = steps.at(-1);
  if (last === undefined) {
    throw missing(folder, "a saved checkpoint", "none", "train this run for longer");
  }
  if (choice === "last") return last;
  const step = choice === "best" ? bestStep(folder, steps) : steps.find((s) => s === choice);
  if (step !== undefined) return step;
  const there = `those of ${steps.length === 1 ? "step" : "steps"} ${steps.join(", ")}`;
  if (choice !== "best") {
    throw missing(folder, `a checkpoint of step ${choice}`, there, "choose one of these");
  }
  const fix = "choose one of these, or train with --keep-best <metric>";
  throw missing(folder, "a checkpoint that was kept for its score", there, fix);
}

const missing = (where: string, expected: string, got: string, fix: string): GanymedeError =>
  new GanymedeError("NO_CHECKPOINT", { where, expected, got, fix });

function readInfo(path: string): CheckpointInfo {
  try {
    return infoSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    throw corrupt(path, "the record of a checkpoint, as JSON", cause);
  }
}

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw corrupt(path, "the tensors that the checkpoint's record names", cause);
  }
}

const corrupt = (where: string, expected: string, cause: unknown): GanymedeError =>
  new GanymedeError(
    "CHECKPOINT_CORRUPT",
    {
      where,
      expected,
      got: said(cause),
      fix: "delete this checkpoint's two files to fall back to the previous one",
    },
    { cause },
  );

function said(cause: unknown): string {
  if (cause instanceof z.ZodError) {
    const { path, message } = cause.issues[0]!;
    return `${path.join(".") || "the whole"}: ${message}`;
  }
  return cause instanceof Error ? cause.message : String(cause);
}
