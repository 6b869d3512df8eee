import { requireComparable } from "../_rows.ts";
import type { Metric, Rows, Score } from "../metric.ts";
import { directions, eachProjection, transportCost } from "../projections.ts";

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
  return alongDirections(
    a,
    b,
    directions(projections, a.width, { seed, name: "sliced-wasserstein" }),
  );
}

/** The same along given unit vectors [projections, width]. */
export function alongDirections(a: Rows, b: Rows, vectors: Rows): Score {
  requireComparable(a, b, "sliced-wasserstein", 1);
  const squares = new Float64Array(vectors.count);
  eachProjection(a, b, vectors, (x, y, i) => {
    squares[i] = squareW2(x, y);
  });
  const mean = squares.reduce((sum, v) => sum + v, 0) / squares.length;
  const value = Math.sqrt(mean);
  if (squares.length < 2) return { value };
  const spread = squares.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (squares.length - 1);
  // Of a root: half the error of what is under it, by the root.
  const standardError = value === 0 ? 0 : Math.sqrt(spread / squares.length) / (2 * value);
  return { value, standardError };
}

/** W2² of two sorted samples in one dimension. */
export const squareW2 = (a: Float64Array, b: Float64Array): number =>
  transportCost(a, b, (difference) => difference ** 2);
