import { join } from "node:path";
import { GanymedeError } from "../core/errors.ts";
import { fillAtomic, writeAtomic } from "../core/files.ts";
import { type NpzEntry, writeNpz } from "../core/npz.ts";
import { encodePng } from "../core/png.ts";
import type { ItemArray, TableColumn } from "../data/source.ts";
import { decodeRows } from "../data/table/columns.ts";
import { sizeOf } from "../engine/ir/type.ts";
import { imageSheet, picture } from "../train/picture.ts";
import { isPicture, pixelsOf } from "../train/pixels.ts";
import type { SampleRequest } from "../train/sampler.ts";
import type { OpenRun } from "./sample.ts";

/**
 * What samples are written as: `png`, one picture (images as a grid, points as a scatter, numbers as a
 * histogram); `folder`, one PNG an image; `npz`, NumPy arrays; `csv`, one line an item.
 */
export const sampleFormats = ["png", "folder", "npz", "csv"] as const;
export type SampleFormat = (typeof sampleFormats)[number];

export interface SampleFile {
  /** The file, or the folder. */
  readonly out: string;
  /** Told by the ending of `out` when absent; without one a folder. */
  readonly format?: SampleFormat;
  /** Images in a row of the grid; about as many as rows when absent. */
  readonly columns?: number | undefined;
  /** Raw items of the data, drawn in grey behind points and numbers of a picture. */
  readonly real?: ItemArray;
  /** Told how many items are done, now and then. */
  readonly onProgress?: (done: number) => void;
}

/** Values of one picture: more than this and no viewer opens it. */
const largestSheet = 2 ** 28;

/**
 * Makes items and writes them. Folders, npz and CSV take any number: items pass through memory a batch
 * at a time, and a file is whole or not there. Item i has the same name and place in all of them.
 *
 * npz: `samples` [count, …item] in the data's own units (pixels as u8, channels first), `codes` [count,
 * latent] and, of a conditional generator, `labels`. A conditional folder has a sub-folder a class. CSV:
 * the columns of the table that was learnt, in its own values; of other items one number a column.
 *
 * @throws GanymedeError SAMPLE_FORMAT for items that the format cannot hold, SHEET_SIZE, DISK_FULL,
 *   UNWRITABLE
 */
export async function writeSamples(
  run: OpenRun,
  request: SampleRequest,
  file: SampleFile,
): Promise<SampleFormat> {
  const format = file.format ?? formatOf(file.out);
  const writer = { png: writeSheet, folder: writeFolder, npz: writeArrays, csv: writeTable }[
    format
  ];
  if (format === "folder" && !isPicture(run.field)) {
    const fix = "write them as csv or npz";
    throw unfit(file.out, "images, to write one a file", run, fix);
  }
  await writer(run, request, file);
  return format;
}

/** What a path asks for. Throws `SAMPLE_FORMAT` for an ending that is none of ours. */
function formatOf(out: string): SampleFormat {
  const ending = /\.([a-z0-9]+)$/i.exec(out)?.[1]?.toLowerCase();
  if (ending === undefined) return "folder";
  if (ending !== "folder" && (sampleFormats as readonly string[]).includes(ending)) {
    return ending as SampleFormat;
  }
  throw new GanymedeError("SAMPLE_FORMAT", {
    where: out,
    expected: "a file that ends in .png, .npz or .csv, or a folder",
    got: `.${ending}`,
    fix: "choose another ending, or say which format it is",
  });
}

const unfit = (where: string, expected: string, { field }: OpenRun, fix: string) =>
  new GanymedeError("SAMPLE_FORMAT", {
    where,
    expected,
    got: `items of shape [${field.shape}]`,
    fix,
  });

async function writeSheet(run: OpenRun, request: SampleRequest, file: SampleFile): Promise<void> {
  const { field } = run;
  const size = sizeOf(field.shape);
  if (request.count * size > largestSheet) {
    throw new GanymedeError("SHEET_SIZE", {
      where: file.out,
      expected: `at most ${Math.floor(largestSheet / size)} items in one picture`,
      got: String(request.count),
      fix: "write them as folder or npz, which take any number",
    });
  }
  if (!isPicture(field)) {
    return writeAtomic(file.out, picture(await run.sample(request), field, file.real));
  }
  const pixels = new Uint8Array(request.count * size);
  for await (const { items, from } of eachPiece(run, request, file)) {
    pixels.set(pixelsOf(items, field), from * size);
  }
  const columns = file.columns === undefined ? {} : { columns: file.columns };
  writeAtomic(file.out, encodePng(imageSheet(pixels, field, columns)));
}

async function* eachPiece(run: OpenRun, request: SampleRequest, { onProgress }: SampleFile) {
  const size = sizeOf(run.field.shape);
  let from = 0;
  for await (const items of run.pieces(request)) {
    yield { items, from };
    from += items.length / size;
    onProgress?.(from);
  }
}

async function writeFolder(run: OpenRun, request: SampleRequest, file: SampleFile): Promise<void> {
  const { field } = run;
  const size = sizeOf(field.shape);
  const folders = run.game.sampler.classes && classFolders(run.game.sampler.classes);
  const digits = Math.max(6, String((request.from ?? 0) + request.count - 1).length);
  for await (const { items, from } of eachPiece(run, request, file)) {
    const pixels = pixelsOf(items, field);
    for (let k = 0; k < items.length / size; k++) {
      const raster = imageSheet(pixels.subarray(k * size, (k + 1) * size), field, { gap: 0 });
      const number = (request.from ?? 0) + from + k;
      const name = `${String(number).padStart(digits, "0")}.png`;
      const folder = folders?.[run.sampler.label(request, number)] ?? "";
      writeAtomic(join(file.out, folder, name), encodePng(raster));
    }
  }
}

/** Names of classes as names of folders; with their numbers where that would make two the same. */
function classFolders(classes: readonly string[]): string[] {
  const safe = classes.map((name) => name.replace(/[^\p{L}\p{N}_-]+/gu, "-"));
  const plain = new Set(safe.map((name) => name.toLowerCase())).size === safe.length;
  return safe.map((name, i) => (plain && name !== "" ? name : `${i}-${name}`));
}

/** Items in the data's own units. */
function rawOf(items: Float32Array, { field }: OpenRun): Float32Array | Uint8Array {
  if (field.dtype === "u8") return pixelsOf(items, field);
  return items.map((v) => (v - field.offset) / field.scale);
}

async function writeArrays(run: OpenRun, request: SampleRequest, file: SampleFile): Promise<void> {
  const { count } = request;
  const { field, sampler, game } = run;
  async function* samples() {
    for await (const { items } of eachPiece(run, request, file)) yield rawOf(items, run);
  }
  const type = field.dtype === "u8" ? "|u1" : "<f4";
  const latent = sampler.layout.size;
  const entries: NpzEntry[] = [
    { name: "samples", type, shape: [count, ...field.shape], chunks: samples },
    { name: "codes", type: "<f4", shape: [count, latent], chunks: () => codesOf(run, request) },
  ];
  if (game.sampler.classes) {
    const chunks = () => labelsOf(run, request);
    entries.push({ name: "labels", type: "<i4", shape: [count], chunks });
  }
  await writeNpz(file.out, entries);
}

function* codesOf({ sampler }: OpenRun, request: SampleRequest): Generator<Float32Array> {
  if (request.codes) return yield request.codes;
  const { from = 0, count } = request;
  for (let done = 0; done < count; done += sampler.batch) {
    const part = { from: from + done, count: Math.min(sampler.batch, count - done) };
    yield sampler.codes({ ...request, ...part });
  }
}

function* labelsOf({ sampler }: OpenRun, request: SampleRequest): Generator<Int32Array> {
  const { from = 0, count } = request;
  for (let done = 0; done < count; done += sampler.batch) {
    const length = Math.min(sampler.batch, count - done);
    yield Int32Array.from({ length }, (_, i) => sampler.label(request, from + done + i));
  }
}

/** One line an item: its values in the data's units, and its class where there is one. */
async function writeTable(run: OpenRun, request: SampleRequest, file: SampleFile): Promise<void> {
  const { createWriteStream } = await import("node:fs");
  const { pipeline } = await import("node:stream/promises");
  await fillAtomic(file.out, (temporary) =>
    pipeline(tableLines(run, request, file), createWriteStream(temporary, { flags: "wx" })),
  );
}

async function* tableLines(run: OpenRun, request: SampleRequest, file: SampleFile) {
  const { sampler, game, field } = run;
  const { columns } = field;
  const size = sizeOf(field.shape);
  const classes = game.sampler.classes;
  const places = Array.from({ length: size }, (_, k) => `x${k}`);
  const names = columns ? columns.map(({ name }) => quoted(name)) : places;
  yield `${[...names, ...(classes ? ["class"] : [])].join(",")}\n`;
  for await (const { items, from } of eachPiece(run, request, file)) {
    const rows = cellsOf(rawOf(items, run), size, columns);
    let text = "";
    rows.forEach((row, k) => {
      const cells = row.map((cell) => (typeof cell === "string" ? quoted(cell) : (cell ?? "")));
      const number = (request.from ?? 0) + from + k;
      if (classes) cells.push(quoted(classes[sampler.label(request, number)]!));
      text += `${cells.join(",")}\n`;
    });
    yield text;
  }
}

/** What items say, cell by cell: of a table the values that its columns stand for. */
function cellsOf(
  raw: Float32Array | Uint8Array,
  size: number,
  columns: readonly TableColumn[] | undefined,
): (number | string | null)[][] {
  if (columns) return decodeRows(columns, Float32Array.from(raw), size);
  return Array.from({ length: raw.length / size }, (_, k) =>
    [...raw.subarray(k * size, (k + 1) * size)].map(shortest),
  );
}

/** The shortest decimal of a float32, which has at most nine digits. */
function shortest(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

const quoted = (text: string): string =>
  /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
