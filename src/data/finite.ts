import { GanymedeError } from "../core/errors.ts";
import { stream } from "../core/random.ts";
import { arrays, itemSize } from "./_items.ts";
import type { Batch, Field, ItemArray, Source } from "./source.ts";

export interface Column {
  readonly field: Field;
  /** All items one after another, [size, ...field.shape]. */
  readonly data: ItemArray;
}

/** Items that are kept elsewhere than in memory. */
export interface Rows {
  readonly count: number;
  /** The items at these places, one after another, in an array of the caller's own. */
  take(items: Uint32Array): ItemArray;
}

export interface Stored {
  readonly field: Field;
  readonly rows: Rows;
}

export type Columns = Readonly<Record<string, Column | Stored>>;

/** Epochs whose order is kept: the running one and the next, for two readers. */
const KEPT_ORDERS = 4;

/**
 * A source from arrays in memory, which it keeps and does not copy, or from rows that are elsewhere.
 * Batches copy whole items.
 *
 * @throws GanymedeError DATA_FORMAT when the columns are empty, hold different numbers of items, a
 *   broken item, or another type than their field says
 */
export function finiteSource(
  declaration: Pick<Source, "id" | "about" | "oracle">,
  columns: Columns,
): Source {
  const { id } = declaration;
  const size = commonSize(id, columns);
  const orderOf = orders(size);
  return {
    ...declaration,
    fields: Object.fromEntries(Object.entries(columns).map(([name, { field }]) => [name, field])),
    size,
    batch: (start, count, seed) => take(columns, itemsAt(size, orderOf, start, count, seed)),
    inOrder: (start, count) =>
      take(
        columns,
        Uint32Array.from({ length: count }, (_, i) => start + i),
      ),
  };
}

function commonSize(id: string, columns: Columns): number {
  const sizes = Object.entries(columns).map(([name, column]) => {
    if ("rows" in column) return column.rows.count;
    const { field, data } = column;
    if (!(data instanceof arrays[field.dtype])) {
      throw formatError(`data ${id} ${name}`, `${field.dtype} values`, data.constructor.name);
    }
    return data.length / itemSize(field);
  });
  const size = sizes[0] ?? 0;
  if (!Number.isInteger(size) || size === 0 || sizes.some((other) => other !== size)) {
    const got = Object.keys(columns).map((name, i) => `${sizes[i]} of ${name}`);
    throw formatError(`data ${id}`, "equally many whole items, at least one", got.join(", "));
  }
  return size;
}

const formatError = (where: string, expected: string, got: string) =>
  new GanymedeError("DATA_FORMAT", { where, expected, got, fix: "correct the arrays" });

/** Order of the items in an epoch, remembered for the last few asked for. */
function orders(size: number): (seed: number, epoch: number) => Uint32Array {
  const kept = new Map<string, Uint32Array>();
  return (seed, epoch) => {
    const key = `${seed} ${epoch}`;
    const order = kept.get(key) ?? stream(seed, "data/order", epoch).permutation(size);
    kept.delete(key);
    kept.set(key, order);
    if (kept.size > KEPT_ORDERS) {
      kept.delete(kept.keys().next().value!);
    }
    return order;
  };
}

function itemsAt(
  size: number,
  orderOf: (seed: number, epoch: number) => Uint32Array,
  start: number,
  count: number,
  seed: number,
): Uint32Array {
  const items = new Uint32Array(count);
  for (let done = 0; done < count; ) {
    const index = (start + done) % size;
    const order = orderOf(seed, Math.floor((start + done) / size));
    const part = order.subarray(index, index + count - done);
    items.set(part, done);
    done += part.length;
  }
  return items;
}

function take(columns: Columns, items: Uint32Array): Batch {
  const batch: Record<string, ItemArray> = {};
  for (const [name, column] of Object.entries(columns)) {
    batch[name] = "rows" in column ? column.rows.take(items) : copied(column, items);
  }
  return batch;
}

function copied({ field, data }: Column, items: Uint32Array): ItemArray {
  const size = itemSize(field);
  const out = new arrays[field.dtype](items.length * size);
  for (let i = 0; i < items.length; i++) {
    out.set(data.subarray(items[i]! * size, (items[i]! + 1) * size), i * size);
  }
  return out;
}
