import { createHash } from "node:crypto";
import { type Batch, type Field, type ItemArray, isLabel } from "../data/source.ts";

/** Range and moments of all values of a field, in raw units. */
export interface ValueFacts {
  readonly low: number;
  readonly high: number;
  readonly mean: number;
  readonly deviation: number;
}

/** Groups of items: the same value for value, and images that look the same at a glance. */
export interface Alike {
  readonly same: readonly (readonly string[])[];
  readonly near: readonly (readonly string[])[];
}

/** A side of the grid at which images are compared at a glance. */
const glance = 16;
/** Cells of images that look the same are apart by less than this share of how far they vary. */
const tolerance = 0.06;

interface Seen {
  readonly index: number;
  readonly cells: Float32Array;
}

/** Goes over items piece by piece and keeps what a report needs: a hash and 256 numbers an item. */
export class Inspection {
  /** Items that are best added at once: some 16 million values. */
  readonly piece: number;
  private readonly fields: Readonly<Record<string, Field>>;
  private readonly main: [name: string, field: Field] | undefined;
  private readonly label: [name: string, field: Field] | undefined;
  private readonly sums = new Map<
    string,
    { low: number; high: number; n: number; a: number; b: number }
  >();
  private readonly classes: number[];
  private readonly byHash = new Map<string, number[]>();
  private readonly bySight = new Map<string, Seen[][]>();
  private count = 0;

  constructor(fields: Readonly<Record<string, Field>>) {
    this.fields = fields;
    const entries = Object.entries(fields);
    this.main = entries.find(([, f]) => !isLabel(f));
    this.label = entries.find(([, f]) => isLabel(f));
    this.classes = (this.label?.[1].classes ?? []).map(() => 0);
    const sizes = entries.map(([, { shape }]) => sizeOf(shape));
    this.piece = Math.max(1, Math.floor(2 ** 24 / sizes.reduce((a, b) => a + b, 0)));
  }

  add(batch: Batch, count: number): void {
    for (const [name, field] of Object.entries(this.fields)) {
      if (!isLabel(field)) this.addValues(name, batch[name]!);
    }
    for (const value of this.label ? batch[this.label[0]]! : []) this.classes[value]! += 1;
    for (let i = 0; this.main && i < count; i++) {
      const [name, field] = this.main;
      const size = sizeOf(field.shape);
      this.addItem(batch[name]!.subarray(i * size, (i + 1) * size), field);
    }
  }

  private addValues(name: string, values: ItemArray): void {
    const sums = this.sums.get(name) ?? { low: Infinity, high: -Infinity, n: 0, a: 0, b: 0 };
    for (const v of values) {
      if (v < sums.low) sums.low = v;
      if (v > sums.high) sums.high = v;
      sums.a += v;
      sums.b += v * v;
    }
    sums.n += values.length;
    this.sums.set(name, sums);
  }

  private addItem(item: ItemArray, field: Field): void {
    const index = this.count++;
    const bytes = new Uint8Array(item.buffer, item.byteOffset, item.byteLength);
    const hash = createHash("sha1").update(bytes).digest("base64");
    const same = this.byHash.get(hash);
    if (same) same.push(index);
    else this.byHash.set(hash, [index]);
    // Copies are told as copies.
    if (!same && field.shape.length === 3) this.glanceAt(item, field, index);
  }

  /** Items whose cells rise and fall alike are compared with one of each group that does too. */
  private glanceAt(item: ItemArray, { shape }: Field, index: number): void {
    const cells = cellsOf(item, shape as [number, number, number]);
    const [low, high] = [Math.min(...cells), Math.max(...cells)];
    if (!(high > low)) return;
    const middle = (low + high) / 2;
    const pattern = Array.from(cells, (v) => (v > middle ? "1" : "0")).join("");
    const groups = this.bySight.get(pattern) ?? [];
    const mean = cells.reduce((sum, v) => sum + v, 0) / cells.length;
    const near = tolerance * distance(cells, new Float32Array(cells.length).fill(mean));
    const group = groups.find(([first]) => distance(first!.cells, cells) < near);
    if (group) group.push({ index, cells });
    else groups.push([{ index, cells }]);
    this.bySight.set(pattern, groups);
  }

  /** @param names of the items; their numbers where there are none */
  report(names?: readonly string[]) {
    const named = (index: number) => names?.[index] ?? String(index);
    const groups = [...this.bySight.values()].flat().filter((group) => group.length > 1);
    const values = [...this.sums].map(([name, { low, high, n, a, b }]): [string, ValueFacts] => {
      const mean = a / n;
      return [name, { low, high, mean, deviation: Math.sqrt(Math.max(0, b / n - mean * mean)) }];
    });
    const classes = this.label?.[1].classes;
    return {
      values: Object.fromEntries(values),
      duplicates: {
        same: [...this.byHash.values()].filter((g) => g.length > 1).map((g) => g.map(named)),
        near: groups.map((group) => group.map(({ index }) => named(index))),
      },
      ...(classes && {
        classes: Object.fromEntries(classes.map((name, i) => [name, this.classes[i]!])),
      }),
    };
  }
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1);

/** Means over the channels of the cells of a grid, at most 16x16. */
function cellsOf(item: ItemArray, [channels, height, width]: readonly [number, number, number]) {
  const [rows, columns] = [Math.min(glance, height), Math.min(glance, width)];
  const sums = new Float32Array(rows * columns);
  const counts = new Float32Array(rows * columns);
  for (let c = 0, k = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      const row = Math.floor((y * rows) / height) * columns;
      for (let x = 0; x < width; x++, k++) {
        const cell = row + Math.floor((x * columns) / width);
        sums[cell]! += item[k]!;
        counts[cell]! += 1;
      }
    }
  }
  return sums.map((sum, i) => sum / counts[i]!);
}

/** Mean difference. */
const distance = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, v, i) => sum + Math.abs(v - b[i]!), 0) / a.length;
