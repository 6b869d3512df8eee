import { readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import papaparse from "papaparse";
import { GanymedeError } from "../../core/errors.ts";
import type { Entry } from "../entry.ts";
import type { Listing } from "../listing.ts";
import type { Refusal } from "../source.ts";

/** The files to use, and what is known of each. */
export interface Labelled {
  readonly entries: readonly Entry[];
  /** Names of the classes and, by entry, which it is. */
  readonly label?: { readonly classes: readonly string[]; readonly values: Int32Array };
  /** Numbers of each entry, [entries, names]. */
  readonly attributes?: { readonly names: readonly string[]; readonly values: Float32Array };
  readonly refused: readonly Refusal[];
}

/** What a file of labels says of a picture. */
interface Row {
  readonly label?: string;
  readonly numbers: readonly number[];
}

interface Table {
  readonly names: readonly string[];
  readonly rows: ReadonlyMap<string, Row>;
}

/** Files of labels that are found by themselves, at the top. */
const usualFiles = ["dataset.json", "labels.csv", "labels.tsv", "metadata.csv", "metadata.tsv"];
const fileColumn = /^(file|file_?name|file_?path|path|image|image_?id|img|name)$/i;
const labelColumn = /^(label|class|category|target)s?$/i;

/**
 * Labels from a file, or from the folders that pictures lie in: those of the first level, where every
 * picture lies in one of at least two.
 *
 * @param how `auto`, `folders`, `none`, or a file: in the data, or anywhere
 * @throws GanymedeError DATA_MISSING for a file that is not there, DATA_FORMAT for one that says nothing
 */
export async function labelled(
  pictures: readonly Entry[],
  listing: Listing,
  how: string,
): Promise<Labelled> {
  if (how === "none") return { entries: pictures, refused: [] };
  if (how === "folders") return byFolders(pictures);
  const tops = [topFolder(listing.entries), topFolder(pictures)];
  const usual = tops.flatMap((top) => usualFiles.map((name) => top + name));
  const wanted = how === "auto" ? usual : [how];
  const inside = listing.entries.find(({ name }) => wanted.includes(name));
  if (!inside && how === "auto") return byFolders(pictures);
  const path = inside ? inside.name : resolve(how);
  const text = Buffer.from(inside ? await inside.read() : readOutside(path)).toString("utf8");
  const table = /\.json$/i.test(path) ? readJson(text, path) : readCsv(text, path);
  if (!table) return { entries: pictures, refused: [] };
  return joined(pictures, table, inside ? folderOf(inside.name) : tops[0]!, basename(path));
}

/** Without its last part; ends with `/` unless empty. */
const folderOf = (name: string): string => name.slice(0, name.lastIndexOf("/") + 1);

/** The folder that all files lie in: an archive often holds one. */
export function topFolder(entries: readonly Pick<Entry, "name">[]): string {
  let top = folderOf(entries[0]?.name ?? "");
  for (const { name } of entries) {
    while (!name.startsWith(top)) top = folderOf(top.slice(0, -1));
  }
  return top;
}

function byFolders(pictures: readonly Entry[]): Labelled {
  const top = topFolder(pictures).length;
  const folders = pictures.map(({ name }) => name.slice(top).split("/").slice(0, -1)[0]);
  if (folders.length === 0 || folders.includes(undefined)) {
    return { entries: pictures, refused: [] };
  }
  return { entries: pictures, label: numbered(folders as string[]), refused: [] };
}

/** Distinct names in order, whole numbers by their value, and the place of each given one. */
function numbered(names: readonly string[]) {
  const distinct = [...new Set(names)];
  const whole = distinct.every((name) => /^-?\d+$/.test(name));
  const classes = distinct.sort((a, b) => (whole ? Number(a) - Number(b) : a < b ? -1 : 1));
  const places = new Map(classes.map((name, i) => [name, i]));
  return { classes, values: Int32Array.from(names, (name) => places.get(name)!) };
}

function joined(
  pictures: readonly Entry[],
  { names, rows }: Table,
  base: string,
  file: string,
): Labelled {
  const refused: Refusal[] = [];
  const found: [Entry, Row][] = [];
  for (const entry of pictures) {
    const inner = entry.name.startsWith(base) ? entry.name.slice(base.length) : entry.name;
    const row = rows.get(inner) ?? rows.get(entry.name) ?? rows.get(basename(inner));
    if (row) found.push([entry, row]);
    else refused.push({ name: entry.name, reason: `not in ${file}` });
  }
  const known = new Set(
    pictures.flatMap(({ name }) => [name, basename(name), name.slice(base.length)]),
  );
  for (const name of rows.keys()) {
    if (!known.has(name)) refused.push({ name, reason: `in ${file}, but not there` });
  }
  const labels = found.map(([, row]) => row.label);
  return {
    entries: found.map(([entry]) => entry),
    ...(labels.every((label) => label !== undefined) &&
      labels.length > 0 && { label: numbered(labels as string[]) }),
    ...(names.length > 0 && {
      attributes: { names, values: Float32Array.from(found.flatMap(([, row]) => row.numbers)) },
    }),
    refused,
  };
}

/**
 * A header, then a row a picture: its file, its class (a column called label, class, category or
 * target, or the only other one) and numbers, which become attributes.
 */
function readCsv(text: string, where: string): Table {
  const { data, errors } = papaparse.parse<string[]>(text.trim(), { skipEmptyLines: true });
  const [header = [], ...lines] = data;
  if (header.length < 2 || lines.length === 0) {
    const got = errors[0]?.message ?? `${lines.length} rows of ${header.length} columns`;
    throw labelsError(where, "a header and rows of a file and its label", got);
  }
  const file = Math.max(
    0,
    header.findIndex((name) => fileColumn.test(name.trim())),
  );
  const others = header.map((_, i) => i).filter((i) => i !== file);
  const named = others.find((i) => labelColumn.test(header[i]!.trim()));
  const label = named ?? (others.length === 1 ? others[0] : undefined);
  const isNumeric = (i: number) =>
    lines.every((line) => line[i]?.trim() && Number.isFinite(Number(line[i])));
  const numeric = others.filter((i) => i !== label && isNumeric(i));
  const rows = lines.map((line): [string, Row] => [
    line[file]!.trim().replaceAll("\\", "/").replace(/^\.\//, ""),
    {
      ...(label !== undefined && { label: line[label]?.trim() ?? "" }),
      numbers: numeric.map((i) => Number(line[i])),
    },
  ]);
  return { names: numeric.map((i) => header[i]!.trim()), rows: new Map(rows) };
}

/** StyleGAN's: {"labels": [[file, class or numbers], …]}, or null for none. */
function readJson(text: string, where: string): Table | undefined {
  let labels: unknown;
  try {
    labels = (JSON.parse(text) as { labels?: unknown } | null)?.labels;
  } catch (error) {
    throw labelsError(where, "JSON", (error as Error).message);
  }
  if (labels === null || labels === undefined) return undefined;
  const pairs = Array.isArray(labels) ? labels : [];
  const isPair = (p: unknown): p is [string, number | number[]] =>
    Array.isArray(p) && typeof p[0] === "string" && [p[1]].flat().every(Number.isFinite);
  const width = isPair(pairs[0]) && Array.isArray(pairs[0][1]) ? pairs[0][1].length : undefined;
  const fits = (p: unknown) =>
    isPair(p) && (Array.isArray(p[1]) ? p[1].length : undefined) === width;
  if (pairs.length === 0 || !pairs.every(fits)) {
    throw labelsError(where, '{"labels": [[file, class or numbers], …]}', text.slice(0, 60));
  }
  const rows = (pairs as [string, number | number[]][]).map(([name, value]): [string, Row] => [
    name,
    Array.isArray(value) ? { numbers: value } : { label: String(value), numbers: [] },
  ]);
  return { names: Array.from({ length: width ?? 0 }, (_, i) => String(i)), rows: new Map(rows) };
}

function readOutside(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const got = String((error as NodeJS.ErrnoException).code);
    const expected = "auto, folders, none, or a file of labels";
    const fix = `correct the option labels; in ${dirname(path)} there is no such file`;
    throw new GanymedeError("DATA_MISSING", { where: path, expected, got, fix }, { cause: error });
  }
}

const labelsError = (where: string, expected: string, got: string) =>
  new GanymedeError("DATA_FORMAT", { where, expected, got, fix: "correct the file of labels" });
