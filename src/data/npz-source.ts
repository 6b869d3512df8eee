import { basename, resolve } from "node:path";
import { GanymedeError } from "../core/errors.ts";
import { type Entry, fileEntry } from "./entry.ts";
import { finiteSource } from "./finite.ts";
import { type NpyItems, openNpy } from "./npy-items.ts";
import { pixelField } from "./pictures/build.ts";
import type { Field, Opening, Source } from "./source.ts";
import { openStore, type StoreWriter } from "./store.ts";
import { listZip } from "./zip.ts";

export interface NpzOptions {
  readonly path: string;
  readonly images?: string | undefined;
  readonly labels?: string | undefined;
  readonly split: string;
  readonly layout: "auto" | "hwc" | "chw";
}

/** Names of arrays that are taken where nobody says, the first that is there; {} is the part. */
const usualItems = ["images", "image", "x_{}", "{}_images", "x", "samples", "data", "arr_0"];
const usualLabels = ["labels", "label", "y_{}", "{}_labels", "y", "targets", "classes"];

/**
 * Arrays of NumPy: images [n, h, w], [n, h, w, c] or [n, c, h, w] as the field `image` [c, h, w], or rows
 * [n, k] as `point` f32 [k]; whole numbers, or 1 among zeros, of the same length as `label`.
 *
 * @throws GanymedeError DATA_MISSING, DATA_FORMAT, NPY_FORMAT
 */
export async function openNpz(options: NpzOptions, { onProgress }: Opening): Promise<Source> {
  const path = resolve(options.path);
  const single = /\.npy$/i.test(path);
  const entries = single ? [fileEntry(path)] : listArrays(path);
  const find = (wanted: string | undefined, usual: readonly string[]) =>
    named(entries, wanted ? [wanted] : usual.map((name) => name.replace("{}", options.split)));
  const items = single && !options.images ? entries[0] : find(options.images, usualItems);
  if (!items) throw missing(path, options.images ?? usualItems.join(", "), entries);
  const labels = find(options.labels, usualLabels);
  if (options.labels && !labels) throw missing(path, options.labels, entries);
  const array = await coded(path, items, () => openNpy(`${path} ${items.name}`, items));
  const item = itemOf(array.shape, options.layout, `${path} ${items.name}`);
  const count = array.shape[0]!;
  const label = labels && (await coded(path, labels, () => readLabels(path, labels, count)));
  const name = item.shape.length === 3 ? "image" : "point";
  const tell = (done: number) => onProgress?.("items read", done, count);
  const store = await openStore({
    kind: "npz",
    key: [items.name, items.size, items.stamp, single ? path : "", options.layout],
    make: (writer) => coded(path, items, () => fill(writer, array, { name, item }, tell)),
  });
  const about = { title: basename(path), credit: "of your own", licence: "not stated" };
  return finiteSource(
    { id: "npz", about },
    { [name]: { field: store.fields[name]!, rows: store.rows(name) }, ...(label && { label }) },
  );
}

const listArrays = (path: string): Entry[] => {
  const { entries } = listZip(path);
  return entries.filter(({ name }) => name.endsWith(".npy"));
};

const named = (entries: readonly Entry[], names: readonly string[]): Entry | undefined =>
  names.flatMap((name) => entries.find((entry) => entry.name === `${name}.npy`) ?? [])[0];

interface Item {
  /** [c, h, w], or [k]. */
  readonly shape: readonly number[];
  /** Whether channels come last in the file. */
  readonly channelsLast: boolean;
}

function itemOf(shape: readonly number[], layout: NpzOptions["layout"], where: string): Item {
  const [count = 0, a = 0, b = 0, c = 0] = shape;
  const rank = shape.length;
  const channelsLast = rank === 4 && (layout === "hwc" || (layout === "auto" && c >= 1 && c <= 4));
  const image = rank === 3 ? [1, a, b] : channelsLast ? [c, a, b] : [a, b, c];
  const item = rank === 2 ? [a] : image;
  const fits = item.length === 1 || (item[0]! >= 1 && item[0]! <= 4);
  if (rank >= 2 && rank <= 4 && fits && count > 0 && item.every((n) => n > 0)) {
    return { shape: item, channelsLast };
  }
  throw new GanymedeError("DATA_FORMAT", {
    where,
    expected: "images [n, h, w], [n, h, w, c] or [n, c, h, w] of 1 to 4 channels, or rows [n, k]",
    got: `[${shape}]`,
    fix: "name another array by the option images, or the layout",
  });
}

/** Bytes stay bytes, black and white 0 and 255; other numbers become f32 in their own units. */
async function fill(
  writer: StoreWriter,
  { type, shape: [count], items }: NpyItems,
  { name, item }: { name: string; item: Item },
  tell: (done: number) => void,
): Promise<null> {
  const isBytes = name === "image" && (type === "|u1" || type === "|b1");
  const Elements = isBytes ? Uint8Array : Float32Array;
  const { shape } = item;
  const numbers: Field = { shape, dtype: "f32", scale: 1, offset: 0 };
  await writer.begin({ [name]: isBytes ? pixelField(shape) : numbers }, count!);
  const range = { low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY };
  const factor = type === "|b1" ? 255 : 1;
  let done = 0;
  for await (const values of items()) {
    const out = new Elements(values.length);
    arrange(values, out, item, factor);
    if (!isBytes) widen(range, out, done);
    await writer.add({ [name]: out });
    tell(++done);
  }
  if (done < count!) throw new Error(`${done} of ${count} items`);
  if (!isBytes && name === "image") writer.refine(name, unitsOf(range));
  return null;
}

/** Into planes [c, h, w]. */
function arrange(
  values: ArrayLike<number>,
  out: Uint8Array | Float32Array,
  { shape, channelsLast }: Item,
  factor: number,
): void {
  const channels = channelsLast ? shape[0]! : 1;
  const area = values.length / channels;
  for (let i = 0; i < values.length; i++) {
    out[(i % channels) * area + Math.floor(i / channels)] = factor * values[i]!;
  }
}

function widen(range: { low: number; high: number }, item: ArrayLike<number>, index: number): void {
  for (let i = 0; i < item.length; i++) {
    const value = item[i]!;
    if (!Number.isFinite(value)) throw new Error(`item ${index} holds ${value}`);
    if (value < range.low) range.low = value;
    if (value > range.high) range.high = value;
  }
}

/** What makes black −1 and white 1, for the ranges that pictures are usually kept in. */
function unitsOf({ low, high }: { low: number; high: number }): Pick<Field, "scale" | "offset"> {
  if (low >= -1 && low < 0 && high <= 1) return { scale: 1, offset: 0 };
  const white = [1, 255, 65535].find((most) => high <= most);
  if (low >= 0 && white) return { scale: 2 / white, offset: -1 };
  throw new Error(`values from ${low} to ${high}, not in [-1, 1], [0, 1], [0, 255] or [0, 65535]`);
}

/** Whole numbers from 0 on, [n] or [n, 1]; or 1 among zeros, [n, k]. */
async function readLabels(path: string, entry: Entry, count: number) {
  const array = await openNpy(`${path} ${entry.name}`, entry);
  const [found, width = 1, ...more] = array.shape;
  if (found !== count || more.length > 0) throw new Error(`[${array.shape}] for ${count} items`);
  const data = new Int32Array(count);
  let index = 0;
  for await (const row of array.items()) {
    const values = Array.from(row);
    data[index++] = width === 1 ? values[0]! : values.indexOf(Math.max(...values));
    const isLabel =
      width > 1 || (Number.isInteger(values[0]) && values[0]! >= 0 && values[0]! < 1e6);
    if (!isLabel) throw new Error(`label ${values[0]} of item ${index - 1}`);
  }
  const most = data.reduce((a, b) => Math.max(a, b), 0);
  const classes = Array.from(
    { length: Math.max(width > 1 ? width : 0, most + 1) },
    (_, i) => `${i}`,
  );
  const field: Field = { shape: [], dtype: "i32", scale: 1, offset: 0, classes };
  return { field, data };
}

/** Reasons in a few words become coded errors. */
async function coded<R>(path: string, entry: Entry, work: () => Promise<R>): Promise<R> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof GanymedeError || (error as NodeJS.ErrnoException).syscall) throw error;
    throw new GanymedeError(
      "DATA_FORMAT",
      {
        where: `${path} ${entry.name}`,
        expected: "a whole array that can be used",
        got: (error as Error).message,
        fix: "save it again, or name another by the options images and labels",
      },
      { cause: error },
    );
  }
}

const missing = (where: string, wanted: string, entries: readonly Entry[]) =>
  new GanymedeError("DATA_MISSING", {
    where,
    expected: `an array named ${wanted}`,
    got: entries.map(({ name }) => name.replace(/\.npy$/, "")).join(", ") || "no arrays",
    fix: "name it by the options images and labels",
  });
