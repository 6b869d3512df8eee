import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { GanymedeError } from "../core/errors.ts";
import { writeAtomic } from "../core/files.ts";
import { decodeSafetensors, encodeSafetensors } from "../core/safetensors.ts";
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
}

/** How many checkpoints a run keeps: the last two, so that a damaged one has a predecessor. */
const kept = 2;

const stem = (step: number): string => `step-${String(step).padStart(8, "0")}`;

/**
 * Writes `<folder>/step-N.safetensors`, then `step-N.json`, which makes it count: whatever fails on
 * the way, the previous checkpoint stays whole. Throws `DISK_FULL` or `UNWRITABLE`.
 */
export function saveCheckpoint(
  folder: string,
  snapshot: Snapshot,
  info: Omit<CheckpointInfo, "file" | "step">,
): void {
  const name = stem(snapshot.step);
  const tensors = new Map(
    [...snapshot.values].map(([key, v]) => [key, { dtype: "F32" as const, ...v }]),
  );
  const file = `${name}.safetensors`;
  writeAtomic(join(folder, file), encodeSafetensors(tensors, { format: "ganymede" }));
  const record: CheckpointInfo = { step: snapshot.step, ...info, file };
  writeAtomic(join(folder, `${name}.json`), `${JSON.stringify(record, null, 2)}\n`);
  for (const old of listCheckpoints(folder).slice(0, -kept)) {
    rmSync(join(folder, `${stem(old)}.json`), { force: true });
    rmSync(join(folder, `${stem(old)}.safetensors`), { force: true });
  }
}

/** Steps of the complete checkpoints in a folder, ascending. */
export function listCheckpoints(folder: string): number[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap((f) => /^step-(\d+)\.json$/.exec(f)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/** Reads the newest checkpoint. Throws `NO_CHECKPOINT`, or `CHECKPOINT_CORRUPT` for a damaged file. */
export function loadCheckpoint(folder: string): { info: CheckpointInfo; snapshot: Snapshot } {
  const step = listCheckpoints(folder).at(-1);
  if (step === undefined) {
    throw new GanymedeError("NO_CHECKPOINT", {
      where: folder,
      expected: "a saved checkpoint",
      got: "none",
      fix: "train this run for longer, or name another run",
    });
  }
  const info = readInfo(join(folder, `${stem(step)}.json`));
  const path = join(folder, info.file);
  const tensors = decodeSafetensors(readBytes(path), path);
  const values = new Map(
    [...tensors.tensors].map(([name, { shape, data }]) => [
      name,
      { shape, data: data as Float32Array },
    ]),
  );
  return { info, snapshot: { step: info.step, values } };
}

function readInfo(path: string): CheckpointInfo {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as CheckpointInfo;
  } catch (cause) {
    throw corrupt(path, "a readable JSON record", cause);
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
      got: cause instanceof Error ? cause.message : String(cause),
      fix: "delete this checkpoint's two files to fall back to the previous one",
    },
    { cause },
  );
