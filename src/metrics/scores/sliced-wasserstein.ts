import { stream } from "../../core/random.ts";
import { addProduct } from "../_product.ts";
import { requireComparable } from "../_rows.ts";
import type { Metric, Rows, Score } from "../metric.ts";

/** Optimal transport along random directions: for points as well as for features. */
export const slicedWasserstein: Metric = {
  id: "sliced-wasserstein",
  about: "root mean square of the Wasserstein-2 distances along random directions; ± over them",
  better: "lower",
  range: "0 and up, in the features' unit; 0 is perfect",
  source: "Bonneel et al. 2015, Sliced and Radon Wasserstein barycenters, definition 2",
  needs: ["features"],
  async measure({ real, fake, seed }) {
    return slicedWassersteinOf(await real.features(), await fake.features(), { seed });
  },
};

/**
 * SW2 = (E_θ W2²(θᵀa, θᵀb))^½ over `projections` directions, uniform on the sphere. Each W2 is exact,
 * from sorted projections, whatever the two counts.
 *
 * @param a, b points or features, of one width
 * @returns the value in the unit of the numbers, and its standard error over the directions, to first
 *   order; it says nothing of the items being a sample
 * @throws GanymedeError METRIC_INPUT for empty sides, other widths or numbers that are not finite
 */
export function slicedWassersteinOf(
  a: Rows,
  b: Rows,
  { projections = 512, seed }: { readonly projections?: number; readonly seed: number },
): Score {
  return alongDirections(a, b, directions(projections, a.width, seed));
}

/** The same along given unit vectors [projections, width]. */
export function alongDirections(a: Rows, b: Rows, vectors: Rows): Score {
  requireComparable(a, b, "sliced-wasserstein", 1);
  const squares = new Float64Array(vectors.count);
  for (let from = 0; from < vectors.count; from += together) {
    const count = Math.min(together, vectors.count - from);
    const [x, y] = [a, b].map((rows) => project(rows, vectors, from, count));
    for (let i = 0; i < count; i++) squares[from + i] = squareW2(x![i]!, y![i]!);
  }
  const mean = squares.reduce((sum, v) => sum + v, 0) / squares.length;
  const value = Math.sqrt(mean);
  if (squares.length < 2) return { value };
  const spread = squares.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (squares.length - 1);
  // Of a root: half the error of what is under it, by the root.
  const standardError = value === 0 ? 0 : Math.sqrt(spread / squares.length) / (2 * value);
  return { value, standardError };
}

/** Directions in one product. */
const together = 16;

function directions(count: number, width: number, seed: number): Rows {
  const data = stream(seed, "sliced-wasserstein").normal(new Float64Array(count * width));
  for (let at = 0; at < data.length; at += width) {
    const vector = data.subarray(at, at + width);
    const length = Math.sqrt(vector.reduce((sum, v) => sum + v * v, 0));
    for (let i = 0; i < width; i++) vector[i] = vector[i]! / length;
  }
  return { count, width, data };
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
 * W2² of two sorted samples in one dimension: ∫(F⁻¹ − G⁻¹)² over the quantiles, both inverses being
 * steps. Each step of one meets some of the other; their ends are compared as whole numbers.
 */
export function squareW2(a: Float64Array, b: Float64Array): number {
  const [n, m] = [a.length, b.length];
  let sum = 0;
  let reached = 0;
  for (let i = 0, j = 0; i < n && j < m; ) {
    const [endA, endB] = [(i + 1) * m, (j + 1) * n];
    const end = Math.min(endA, endB);
    sum += (end - reached) * (a[i]! - b[j]!) ** 2;
    reached = end;
    if (endA === end) i++;
    if (endB === end) j++;
  }
  return sum / (n * m);
}
