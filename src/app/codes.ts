import { readFileSync } from "node:fs";
import { z } from "zod";
import { GanymedeError } from "../core/errors.ts";
import { writeAtomic } from "../core/files.ts";
import { type NpzEntry, readNpz, writeNpz } from "../core/npz.ts";
import type { OpenRun } from "./sample.ts";

/** Codes of a run's generator, and the classes that go with them where it is conditional. */
export interface Codes {
  /** [count, latent], one row an item: the parts of the noise in the order of `sampler.layout`. */
  readonly codes: Float32Array;
  readonly count: number;
  readonly labels?: readonly number[];
}

const record = z.looseObject({
  codes: z.array(z.array(z.number()).min(1)).min(1),
  labels: z.array(z.int().min(0)).optional(),
});

/**
 * Codes from a file that `sample` (.npz) or `invert` (.json, .npz) wrote, or anything else: an array
 * `codes` [count, latent] and, if need be, `labels` [count].
 *
 * @throws GanymedeError CODES_FORMAT, CODES_SHAPE when they are of another generator, NPZ_FORMAT
 */
export async function readCodes(run: OpenRun, file: string): Promise<Codes> {
  const read = file.endsWith(".npz") ? await fromNpz(file) : fromJson(file);
  const { size } = run.sampler.layout;
  const { codes, width, labels } = read;
  const count = codes.length / width;
  if (width !== size || (labels && labels.length !== count)) {
    throw new GanymedeError("CODES_SHAPE", {
      where: file,
      expected: `codes [n, ${size}], as ${run.path} takes them${labels ? ", with a label each" : ""}`,
      got: `[${count}, ${width}]${labels ? ` and ${labels.length} labels` : ""}`,
      fix: "take codes of this run, or of one with the same system and latent",
    });
  }
  const bad = codes.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0) throw format(file, `${codes[bad]} in code ${Math.floor(bad / width)}`);
  const classes = run.game.sampler.classes?.length;
  if (!classes || !labels) return { codes, count };
  const wrong = labels.find((label) => !(label >= 0 && label < classes));
  if (wrong !== undefined) throw format(file, `label ${wrong} of ${classes} classes`);
  return { codes, count, labels };
}

async function fromNpz(file: string) {
  const arrays = await readNpz(file, ["codes", "labels"]);
  const codes = arrays.get("codes");
  if (codes?.shape.length !== 2 || codes.data.length === 0) {
    throw format(file, codes ? `codes [${codes.shape}]` : "none");
  }
  const labels = arrays.get("labels");
  return {
    codes: Float32Array.from(codes.data),
    width: codes.shape[1]!,
    ...(labels && { labels: Array.from(labels.data) }),
  };
}

function fromJson(file: string) {
  let raw: unknown;
  try {
    raw = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw format(file, cause instanceof Error ? cause.message : String(cause));
  }
  const checked = record.safeParse(raw);
  if (!checked.success) {
    const { path, message } = checked.error.issues[0]!;
    throw format(file, `at ${path.join(".") || "its top"}: ${message}`);
  }
  const { codes, labels } = checked.data;
  const width = codes[0]!.length;
  const uneven = codes.findIndex((row) => row.length !== width);
  if (uneven >= 0) throw format(file, `${codes[uneven]!.length} numbers in code ${uneven}`);
  return { codes: Float32Array.from(codes.flat()), width, ...(labels && { labels }) };
}

const format = (file: string, got: string) =>
  new GanymedeError("CODES_FORMAT", {
    where: file,
    expected:
      "codes as `sample` or `invert` write them: an array `codes` [n, latent] in .npz or JSON",
    got,
    fix: "correct the path, or write the file again",
  });

/** Writes codes so that `readCodes` reads them: .npz, or JSON for every other name. */
export async function writeCodes(run: OpenRun, file: string, made: Codes): Promise<void> {
  const { codes, count, labels } = made;
  const { size, parts } = run.sampler.layout;
  if (!file.endsWith(".npz")) {
    const rows = Array.from({ length: count }, (_, i) => [
      ...codes.subarray(i * size, (i + 1) * size),
    ]);
    const latent = parts.map(({ name, distribution, shape }) => ({ name, distribution, shape }));
    const about = { system: run.config.system, step: run.checkpoint.step, latent };
    return writeAtomic(file, `${JSON.stringify({ ...about, codes: rows, labels })}\n`);
  }
  const entries: NpzEntry[] = [
    { name: "codes", type: "<f4", shape: [count, size], chunks: () => [codes] },
  ];
  if (labels) {
    const chunks = () => [Int32Array.from(labels)];
    entries.push({ name: "labels", type: "<i4", shape: [count], chunks });
  }
  await writeNpz(file, entries);
}

/** One item's code: of the items that a seed makes, or of a file. */
export type CodeReference =
  | { readonly seed?: number; readonly item: number }
  | { readonly file: string; readonly item?: number };

/**
 * `12`: item 12 of the items that the command's seed makes, counted from 0 by rows of the sheet that
 * `sample` draws. `5:12`: item 12 of seed 5. `@face.json`, `@codes.npz:3`: a code of a file.
 *
 * @throws GanymedeError REFERENCE
 */
export function parseReference(text: string): CodeReference {
  const item = /^(?:(\d+):)?(\d+)$/.exec(text);
  const numbers = item?.slice(1).map((n) => (n === undefined ? undefined : Number(n)));
  if (numbers?.every((n) => n === undefined || Number.isSafeInteger(n))) {
    const [seed, index] = numbers;
    return { item: index!, ...(seed !== undefined && { seed }) };
  }
  const named = /^@(.+?)(?::(\d+))?$/.exec(text);
  if (named) {
    const [, file, index] = named;
    return { file: file!, ...(index !== undefined && { item: Number(index) }) };
  }
  throw new GanymedeError("REFERENCE", {
    where: "item",
    expected: "12 (an item of --seed), 5:12 (item 12 of seed 5) or @file.json (a code of a file)",
    got: text === "" ? "nothing" : text,
    fix: "count items from 0, by rows of the sheet that `ganymede sample` draws",
  });
}

/**
 * The codes that references stand for, in order; a file without number is all of its codes. Labels of a
 * conditional run are those that `sample` shows the items with, or the file's.
 *
 * @throws GanymedeError CODES_SHAPE when a file has no such code; what `readCodes` throws
 */
export async function resolveReferences(
  run: OpenRun,
  references: readonly CodeReference[],
  { seed, truncation = 1 }: { readonly seed: number; readonly truncation?: number },
): Promise<Codes> {
  const found: Codes[] = [];
  for (const reference of references) {
    if ("file" in reference) found.push(await fromFile(run, reference));
    else found.push(ofItem(run, reference.item, { seed: reference.seed ?? seed, truncation }));
  }
  const codes = new Float32Array(found.reduce((n, f) => n + f.codes.length, 0));
  let at = 0;
  for (const rows of found) {
    codes.set(rows.codes, at);
    at += rows.codes.length;
  }
  const count = codes.length / run.sampler.layout.size;
  const labels = found.flatMap((f) => f.labels ?? []);
  return { codes, count, ...(labels.length === count && { labels }) };
}

function ofItem(
  { sampler, game }: OpenRun,
  item: number,
  drawn: { readonly seed: number; readonly truncation: number },
): Codes {
  const codes = sampler.codes({ ...drawn, from: item, count: 1 });
  return { codes, count: 1, ...(game.sampler.classes && { labels: [sampler.label({}, item)] }) };
}

async function fromFile(
  run: OpenRun,
  { file, item }: { readonly file: string; readonly item?: number },
): Promise<Codes> {
  const { size } = run.sampler.layout;
  const all = await readCodes(run, file);
  // Codes of a conditional run without labels: the first class, since some class it must be.
  const labels = run.game.sampler.classes && (all.labels ?? Array(all.count).fill(0));
  if (item === undefined) return { ...all, ...(labels && { labels }) };
  if (item < all.count) {
    const codes = all.codes.slice(item * size, (item + 1) * size);
    return { codes, count: 1, ...(labels && { labels: [labels[item]!] }) };
  }
  throw new GanymedeError("CODES_SHAPE", {
    where: file,
    expected: `a code below ${all.count}`,
    got: `code ${item}`,
    fix: "count codes from 0",
  });
}
