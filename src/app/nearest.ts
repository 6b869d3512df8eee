import { writeAtomic } from "../core/files.ts";
import { encodePng } from "../core/png.ts";
import { isLabel, type Source } from "../data/source.ts";
import { sizeOf } from "../engine/ir/type.ts";
import type { Stock } from "../metrics/evidence.ts";
import type { Rows } from "../metrics/metric.ts";
import { eachDistanceBlock } from "../metrics/neighbours.ts";
import { imageSheet } from "../train/picture.ts";
import { isPicture, pixelsOf } from "../train/pixels.ts";
import { openData } from "./config.ts";
import { type Likeness, type LikenessBy, openLikeness } from "./likeness.ts";
import type { OpenRun } from "./sample.ts";
import { writeSamples } from "./sample-files.ts";
import { rangeOf, realStock } from "./stocks.ts";

export interface NearestAsked {
  /** Neighbours of each item; 8 when absent. */
  readonly count?: number;
  /** Items of the data that are looked at; 5,000, or what 128 MiB of rows hold, when absent. */
  readonly reference?: number;
  /** `features` when absent. */
  readonly by?: LikenessBy;
}

/** An item of the data. */
export interface Neighbour {
  /** Its place in the data's order of seed 0. */
  readonly index: number;
  /** Euclidean, between rows of the likeness. */
  readonly distance: number;
  /** Its class, where the data have classes. */
  readonly label?: number;
}

export interface NearestItems {
  /** `encoder`, or `pixels`. */
  readonly by: string;
  /** How many items of the data were looked at. */
  readonly reference: number;
  /** Of each item, the nearest first. */
  readonly neighbours: readonly (readonly Neighbour[])[];
  /** Those items as networks see them, [items · count, …item], in that order. */
  readonly data: Float32Array;
}

/** Data ready to be looked up; what is worked out of them is kept for the next question. */
export interface Reference {
  readonly source: Source;
  readonly likeness: Likeness;
  readonly stock: Stock;
  readonly rows: Rows;
  dispose(): Promise<void>;
}

/** Numbers of all rows at most. */
const largest = 2 ** 25;

/** Opens a run's data as an evaluation does. Throws what the source and the extractor throw. */
export async function openReference(
  run: OpenRun,
  { reference = 5000, by }: Omit<NearestAsked, "count"> = {},
): Promise<Reference> {
  const source = await openData(run.config.data);
  const likeness = await openLikeness(run, by);
  const width = likeness.by === "pixels" ? sizeOf(run.field.shape) : 1024;
  const most = Math.max(1, Math.min(reference, Math.floor(largest / width)));
  const stock = realStock(source, run.game.field, most);
  const rows = await likeness.rows(stock);
  return { source, likeness, stock, rows, dispose: () => likeness.dispose() };
}

/**
 * The items of the data that are nearest to made ones: whether a generator copies what it saw. By
 * features, since nearest pixels say little of shifted pictures: Theis, van den Oord, Bethge 2016,
 * arXiv:1511.01844, section 4.2.
 *
 * @param items [count, …item] as networks see them
 */
export async function nearestItems(
  run: OpenRun,
  items: Float32Array,
  { count = 8, ...asked }: NearestAsked = {},
  opened?: Reference,
): Promise<NearestItems> {
  const reference = opened ?? (await openReference(run, asked));
  try {
    const { source, likeness, stock, rows } = reference;
    const own = await likeness.rows(stockOf(run, items));
    const found = nearestRows(own, rows, Math.min(count, rows.count));
    const label = stock.labels && Object.entries(source.fields).find(([, f]) => isLabel(f))?.[0];
    const neighbours = found.map((list) =>
      list.map((neighbour) => ({
        ...neighbour,
        ...(label !== undefined && { label: stock.labels![neighbour.index]! }),
      })),
    );
    const data = itemsAt(run, source, neighbours.flat());
    return { by: likeness.by, reference: rows.count, neighbours, data };
  } finally {
    if (!opened) await reference.dispose();
  }
}

function stockOf({ path, field }: OpenRun, items: Float32Array): Stock {
  const count = items.length / sizeOf(field.shape);
  return {
    name: path,
    count,
    shape: field.shape,
    range: rangeOf(field),
    async *pieces() {
      yield items;
    },
  };
}

/** The `count` rows of `b` nearest to each row of `a`, nearest first, the first of equals. */
function nearestRows(a: Rows, b: Rows, count: number): Neighbour[][] {
  const found: Neighbour[][] = Array.from({ length: a.count }, () => []);
  eachDistanceBlock(a, b, ({ firstA, countA, firstB, countB, squares, stride }) => {
    for (let i = 0; i < countA; i++) {
      const list = found[firstA + i]!;
      for (let j = 0; j < countB; j++) {
        const distance = Math.sqrt(squares[i * stride + j]!);
        if (list.length === count && distance >= list.at(-1)!.distance) continue;
        const at = list.findIndex((n) => n.distance > distance);
        list.splice(at < 0 ? list.length : at, 0, { index: firstB + j, distance });
        if (list.length > count) list.pop();
      }
    }
  });
  return found;
}

function itemsAt({ game, field }: OpenRun, source: Source, which: readonly Neighbour[]) {
  const size = sizeOf(field.shape);
  const data = new Float32Array(which.length * size);
  which.forEach(({ index }, i) => {
    const raw = source.batch(index, 1, 0)[game.field]!;
    data.set(
      Float32Array.from(raw, (v) => v * field.scale + field.offset),
      i * size,
    );
  });
  return data;
}

/**
 * Writes items, each followed by its neighbours: of images a picture with a row each where `out` ends
 * in .png. Throws as `writeSamples` does.
 */
export async function writeNearest(
  run: OpenRun,
  items: Float32Array,
  { neighbours, data }: NearestItems,
  out: string,
): Promise<void> {
  const size = sizeOf(run.field.shape);
  const columns = (neighbours[0]?.length ?? 0) + 1;
  const all = new Float32Array(neighbours.length * columns * size);
  neighbours.forEach((_, i) => {
    all.set(items.subarray(i * size, (i + 1) * size), i * columns * size);
    const from = i * (columns - 1) * size;
    all.set(data.subarray(from, from + (columns - 1) * size), (i * columns + 1) * size);
  });
  if (isPicture(run.field)) {
    const sheet = imageSheet(pixelsOf(all, run.field), run.field, { columns });
    return writeAtomic(out, encodePng(sheet));
  }
  const fixed = { ...run, sample: async () => all, pieces: once(all) };
  await writeSamples(fixed, { seed: 0, count: neighbours.length * columns }, { out });
}

const once = (items: Float32Array) =>
  async function* () {
    yield items;
  };
