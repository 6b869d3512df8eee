import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import {
  type CodeReference,
  type Codes,
  parseReference,
  resolveReferences,
  writeCodes,
} from "../app/codes.ts";
import type { OpenRun } from "../app/sample.ts";
import { sha256 } from "../core/checksum.ts";
import { GanymedeError } from "../core/errors.ts";

/**
 * One item of a run as the page names it, short enough for an address: `5:12`, item 12 of seed 5, or
 * `@1a2b3c4d`, a code that was kept in the run's folder; and the class that it is shown as.
 */
export const pinShape = z.object({
  item: z.string().regex(/^(\d{1,15}:\d{1,9}|@[0-9a-f]{8})$/),
  label: z.int().min(0).optional(),
});

export type Pin = z.output<typeof pinShape>;

/** Where a kept code lies. */
export const keptFile = (path: string, name: string): string =>
  join(path, "codes", `${name.replace("@", "")}.json`);

/** A pin as the library names it. Throws `NO_CODE`. */
export function referenceOf({ path }: OpenRun, { item }: Pin): CodeReference {
  if (!item.startsWith("@")) return parseReference(item);
  const file = keptFile(path, item);
  if (existsSync(file)) return { file, item: 0 };
  throw new GanymedeError("NO_CODE", {
    where: item,
    expected: "a code that was kept with this run",
    got: "none of that name",
    fix: "unpin it, and pin the picture again",
  });
}

/**
 * The codes of pins, in order, and the class of each where there are classes.
 *
 * @param truncation of those that are drawn of a seed
 * @throws GanymedeError NO_CODE, CODES_SHAPE, UNKNOWN_CLASS
 */
export async function codesOfPins(
  run: OpenRun,
  pins: readonly Pin[],
  truncation: number,
): Promise<Codes> {
  const references = pins.map((pin) => referenceOf(run, pin));
  const found = await resolveReferences(run, references, { seed: 0, truncation });
  if (!found.labels) return found;
  return { ...found, labels: found.labels.map((own, i) => classOf(run, pins[i]!.label ?? own)) };
}

/** Throws `UNKNOWN_CLASS` unless the run has a class of this number. */
export function classOf({ path, game }: OpenRun, label: number): number {
  const { classes = [] } = game.sampler;
  if (label < classes.length) return label;
  throw new GanymedeError("UNKNOWN_CLASS", {
    where: path,
    expected: `a number below ${classes.length}`,
    got: String(label),
    fix: "choose a class of the list",
  });
}

/** Keeps a code in the run's folder, under a name that follows from it: `@1a2b3c4d`. */
export async function keepCode(run: OpenRun, code: Float32Array, label?: number): Promise<string> {
  const text = JSON.stringify([[...code], label ?? null]);
  const name = `@${(await sha256(new TextEncoder().encode(text))).slice(0, 8)}`;
  const labels = label === undefined ? {} : { labels: [label] };
  await writeCodes(run, keptFile(run.path, name), { codes: code, count: 1, ...labels });
  return name;
}
