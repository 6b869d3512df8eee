import { readFileSync, statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { GanymedeError } from "../core/errors.ts";
import { finiteSource, type Rows } from "./finite.ts";
import type { Source } from "./source.ts";

export interface TextOptions {
  readonly path: string;
  readonly by: "characters" | "words";
  readonly items: "windows" | "lines";
  readonly length: number;
  readonly step?: number | undefined;
  readonly vocabulary: number;
}

/** What stands for rare symbols and, behind short lines, for nothing. */
const unknown = "<unk>";
const padding = "<pad>";

/** 128 MiB. */
const largest = 2 ** 27;

/**
 * Text as sequences of whole numbers: the field `text` i32 [length], whose `classes` are the symbols,
 * the most frequent first, behind `<unk>` where some are left out and `<pad>` where lines are short.
 *
 * @throws GanymedeError DATA_MISSING, DATA_FORMAT when it is no UTF-8 text, DATA_EMPTY when it is shorter
 *   than one item
 */
export function openText(options: TextOptions): Source {
  const path = resolve(options.path);
  const text = readText(path);
  const lines = options.items === "lines" ? text.split("\n").filter((l) => l.trim()) : [text];
  const sequences = lines.map((line) => symbolsOf(line, options.by));
  const { length, step = length } = options;
  const isPadded = options.items === "lines" && sequences.some((s) => s.length < length);
  const symbols = vocabularyOf(sequences, options.vocabulary, isPadded);
  const places = new Map(symbols.map((symbol, i) => [symbol, i]));
  const rare = places.get(unknown) ?? 0;
  const rows =
    options.items === "lines"
      ? linesOf(sequences, { length, pad: places.get(padding) ?? 0 }, (s) => places.get(s) ?? rare)
      : windowsOf(sequences[0]!, { length, step }, (s) => places.get(s) ?? rare);
  if (rows.count === 0) throw tooShort(path, length, sequences[0]?.length ?? 0);
  const field = { shape: [length], dtype: "i32", scale: 1, offset: 0, classes: symbols } as const;
  const about = { title: basename(path), credit: "of your own", licence: "not stated" };
  return finiteSource({ id: "text", about }, { text: { field, rows } });
}

function readText(path: string): string {
  try {
    const { size } = statSync(path);
    if (size > largest) throw textError("DATA_FORMAT", path, `${size} bytes, more than ${largest}`);
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    if (error instanceof GanymedeError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code?.startsWith("ERR_ENCODING"))
      throw textError("DATA_FORMAT", path, "other bytes", error);
    throw textError("DATA_MISSING", path, String(code), error);
  }
}

const symbolsOf = (text: string, by: TextOptions["by"]): readonly string[] =>
  by === "characters"
    ? Array.from(text)
    : (text.match(/[\p{L}\p{N}_'’]+|\n|[^\s\p{L}\p{N}]/gu) ?? []);

/** By frequency, then by code; the rarest are left out where there are more than `most`. */
function vocabularyOf(
  sequences: readonly (readonly string[])[],
  most: number,
  isPadded: boolean,
): string[] {
  const counts = new Map<string, number>();
  for (const sequence of sequences) {
    for (const symbol of sequence) counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
  }
  const ordered = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  const room = most - (isPadded ? 1 : 0);
  const kept = ordered.slice(0, ordered.length > room ? room - 1 : room).map(([symbol]) => symbol);
  const special = [
    ...(isPadded ? [padding] : []),
    ...(kept.length < ordered.length ? [unknown] : []),
  ];
  return [...special, ...kept];
}

/** Numbers below 65,536. */
const encode = (symbols: readonly string[], place: (symbol: string) => number) =>
  Uint16Array.from(symbols, place);

function windowsOf(
  symbols: readonly string[],
  { length, step }: { length: number; step: number },
  place: (symbol: string) => number,
): Rows {
  const all = encode(symbols, place);
  return {
    count: Math.max(0, Math.floor((all.length - length) / step) + 1),
    take(items) {
      const out = new Int32Array(items.length * length);
      items.forEach((item, i) => {
        out.set(all.subarray(item * step, item * step + length), i * length);
      });
      return out;
    },
  };
}

/** Lines are cut or padded to the length. */
function linesOf(
  sequences: readonly (readonly string[])[],
  { length, pad }: { length: number; pad: number },
  place: (symbol: string) => number,
): Rows {
  const all = sequences.map((line) => encode(line.slice(0, length), place));
  return {
    count: all.length,
    take(items) {
      const out = new Int32Array(items.length * length).fill(pad);
      items.forEach((item, i) => {
        out.set(all[item]!, i * length);
      });
      return out;
    },
  };
}

const textError = (code: string, where: string, got: string, cause?: unknown) =>
  new GanymedeError(
    code,
    { where, expected: "a file of UTF-8 text", got, fix: "correct the path or save it as UTF-8" },
    { cause },
  );

const tooShort = (where: string, length: number, got: number) =>
  new GanymedeError("DATA_EMPTY", {
    where,
    expected: `at least ${length} symbols`,
    got: String(got),
    fix: "make the option length smaller",
  });
