/** Optimal transport in one dimension, along directions of a space of many. */
import { stream } from "../core/random.ts";
import { addProduct } from "./_product.ts";
import type { Rows } from "./metric.ts";

/** Directions in one product. */
const together = 16;

/** Unit vectors [count, width], uniform on the sphere. */
export function directions(
  count: number,
  width: number,
  { seed, name }: { readonly seed: number; readonly name: string },
): Rows {
  const data = stream(seed, name).normal(new Float64Array(count * width));
  for (let at = 0; at < data.length; at += width) {
    const vector = data.subarray(at, at + width);
    const length = Math.sqrt(vector.reduce((sum, v) => sum + v * v, 0));
    for (let i = 0; i < width; i++) vector[i] = vector[i]! / length;
  }
  return { count, width, data };
}

/** Gives the sorted projections of both sides onto each direction, which are only lent. */
export function eachProjection(
  a: Rows,
  b: Rows,
  vectors: Rows,
  use: (a: Float64Array, b: Float64Array, direction: number) => void,
): void {
  for (let from = 0; from < vectors.count; from += together) {
    const count = Math.min(together, vectors.count - from);
    const [x, y] = [a, b].map((rows) => project(rows, vectors, from, count));
    for (let i = 0; i < count; i++) use(x![i]!, y![i]!, from + i);
  }
}

/** Sorted projections onto each of some directions. */
function project(rows: Rows, vectors: Rows, from: number, count: number): Float64Array[] {
  const { width } = rows;
  const byRow = { depth: width, depthStride: 1, itemStride: width };
  const along = new Float64Array(count * rows.count);
  addProduct(
    along,
    { ...byRow, data: vectors.data, count, offset: from * width },
    { ...byRow, data: rows.data, count: rows.count },
  );
  return Array.from({ length: count }, (_, i) =>
    along.subarray(i * rows.count, (i + 1) * rows.count).sort(),
  );
}

/**
 * The least cost of moving one sorted sample in one dimension onto the other, where moving by d costs a
 * convex `cost(d)`: ∫cost(F⁻¹ − G⁻¹) over the quantiles, both inverses being steps. Each step of one
 * meets some of the other; their ends are compared as whole numbers.
 */
export function transportCost(
  a: Float64Array,
  b: Float64Array,
  cost: (difference: number) => number,
): number {
  const [n, m] = [a.length, b.length];
  let sum = 0;
  let reached = 0;
  for (let i = 0, j = 0; i < n && j < m; ) {
    const [endA, endB] = [(i + 1) * m, (j + 1) * n];
    const end = Math.min(endA, endB);
    sum += (end - reached) * cost(a[i]! - b[j]!);
    reached = end;
    if (endA === end) i++;
    if (endB === end) j++;
  }
  return sum / (n * m);
}
