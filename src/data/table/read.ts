import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { GanymedeError } from "../../core/errors.ts";
import { readApart } from "./parquet-apart.ts";

/** A cell: null where nothing is known. */
export type Cell = number | string | null;

export interface Table {
  readonly names: readonly string[];
  /** [column][row]. */
  readonly columns: readonly (readonly Cell[])[];
  /** Rows that were left out because they have another number of cells. */
  readonly ragged: number;
}

/** 256 MiB of text, and as many cells as fit in a few hundred MiB. */
const largestFile = 2 ** 28;
const mostCells = 2e7;

const nothing = /^(|na|n\/a|nan|null|none|\?|-)$/i;

/** @throws GanymedeError DATA_MISSING, DATA_FORMAT, DATA_EMPTY */
export async function readTable(path: string): Promise<Table> {
  try {
    const { size } = statSync(path);
    const table = /\.parquet$/i.test(path)
      ? await readApart(path, size)
      : await readCsv(path, size);
    if (!table.columns[0]?.length) throw tableError("DATA_EMPTY", path, "no rows");
    return table;
  } catch (error) {
    if (error instanceof GanymedeError) throw error;
    const { code, syscall, message } = error as NodeJS.ErrnoException;
    if (syscall) throw tableError("DATA_MISSING", path, String(code), error);
    throw tableError("DATA_FORMAT", path, message.split("\n")[0]!, error);
  }
}

async function readCsv(path: string, size: number): Promise<Table> {
  if (size > largestFile) throw new Error(`${size} bytes, more than ${largestFile}: use Parquet`);
  const { default: papaparse } = await import("papaparse");
  const text = readFileSync(path, "utf8").replace(/^\uFEFF/, "");
  const { data } = papaparse.parse<string[]>(text, { skipEmptyLines: "greedy" });
  const [names = [], ...rows] = data;
  requireNames(names);
  const whole = rows.filter((row) => row.length === names.length);
  requireSize(whole.length, names.length);
  const columns = names.map((_, c) => typed(whole.map((row) => row[c]!.trim())));
  return { names, columns, ragged: rows.length - whole.length };
}

/** Numbers where all that is known are. */
function typed(texts: readonly string[]): Cell[] {
  const known = texts.map((text) => (nothing.test(text) ? null : text));
  const isNumeric = known.every((text) => text === null || Number.isFinite(Number(text)));
  return isNumeric ? known.map((text) => (text === null ? null : Number(text))) : known;
}

export function requireNames(names: readonly string[]): void {
  if (names.length === 0) throw new Error("no columns");
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new Error(`two columns named ${JSON.stringify(twice)}`);
}

export function requireSize(rows: number, columns: number): void {
  if (rows * columns > mostCells) {
    throw new Error(`${rows} rows of ${columns} columns, more than ${mostCells} cells`);
  }
}

const tableError = (code: string, path: string, got: string, cause?: unknown) =>
  new GanymedeError(
    code,
    {
      where: basename(path),
      expected: "a CSV file with a header, or a Parquet file, of at least one row",
      got,
      fix: "correct the path or the file",
    },
    { cause },
  );
