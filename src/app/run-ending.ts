import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { GanymedeError } from "../core/errors.ts";
import { unwritable, writeAtomic } from "../core/files.ts";
import type { Ending } from "../train/loop.ts";

const endings = ["steps", "minutes", "patience", "stopped"] as const satisfies readonly Ending[];

const recordSchema = z.union([
  z.object({ why: z.enum(endings), step: z.int().min(0) }),
  z.object({ why: z.literal("failed"), code: z.string(), message: z.string() }),
]);

/** How the last training of a run ended: `ended.json`. A run that was killed has none. */
export type EndingRecord = Readonly<z.output<typeof recordSchema>>;

const fileIn = (run: string): string => join(run, "ended.json");

/** While a run is trained it has not ended. Throws `UNWRITABLE`. */
export function clearEnding(run: string): void {
  try {
    rmSync(fileIn(run), { force: true });
  } catch (cause) {
    throw unwritable(fileIn(run), cause);
  }
}

export const recordEnding = (run: string, ending: EndingRecord): void =>
  writeAtomic(fileIn(run), `${JSON.stringify(ending)}\n`);

/** Notes what ended a run. Must not hide it: a disk may be what failed. */
export function recordFailure(run: string, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof GanymedeError ? error.code : "INTERNAL";
  try {
    recordEnding(run, { why: "failed", code, message });
  } catch {
    // The error that is on its way tells more.
  }
}

/** Undefined for a run that never ended in order, or whose record is damaged. */
export function readEnding(run: string): EndingRecord | undefined {
  const file = fileIn(run);
  if (!existsSync(file)) return undefined;
  try {
    return recordSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return undefined;
  }
}
