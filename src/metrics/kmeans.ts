import { GanymedeError } from "../core/errors.ts";
import { type RandomStream, stream } from "../core/random.ts";
import { pickRows } from "./_rows.ts";
import type { Rows } from "./metric.ts";
import { eachDistanceBlock } from "./neighbours.ts";

export interface Clusters {
  /** [k, d]: the mean of each cluster's rows. */
  readonly centres: Rows;
  /** Cluster of each row. */
  readonly labels: Int32Array;
  /** Sum of squared distances to the own centre. */
  readonly inertia: number;
}

export interface KMeans {
  readonly clusters: number;
  readonly seed: number;
  /** Lloyd's steps at most, 100 when absent; fewer when no row changes its cluster. */
  readonly steps?: number;
}

/**
 * k-means by Lloyd's algorithm from k-means++ seeds (Arthur, Vassilvitskii 2007). A cluster that runs
 * empty takes the row that is farthest from its centre. Time O(steps·n·k·d).
 *
 * @param rows [n, d], finite, with at least k different rows
 * @throws GanymedeError METRIC_DEGENERATE when fewer than k rows differ
 */
export function kMeans(rows: Rows, { clusters, seed, steps = 100 }: KMeans): Clusters {
  let centres = seeds(rows, clusters, stream(seed, "kmeans/seeds"));
  let found = assign(rows, centres);
  for (let step = 0; step < steps; step++) {
    centres = means(rows, found, clusters);
    const next = assign(rows, centres);
    const settled = next.labels.every((label, i) => label === found.labels[i]);
    found = next;
    if (settled) break;
  }
  return { centres, labels: found.labels, inertia: found.squares.reduce((a, b) => a + b, 0) };
}

interface Assignment {
  readonly labels: Int32Array;
  /** Squared distance to that centre. */
  readonly squares: Float64Array;
}

function assign(rows: Rows, centres: Rows): Assignment {
  const labels = new Int32Array(rows.count);
  const least = new Float64Array(rows.count).fill(Number.POSITIVE_INFINITY);
  eachDistanceBlock(rows, centres, ({ firstA, countA, firstB, countB, squares, stride }) => {
    for (let i = 0; i < countA; i++) {
      for (let j = 0; j < countB; j++) {
        const square = squares[i * stride + j]!;
        if (square >= least[firstA + i]!) continue;
        least[firstA + i] = square;
        labels[firstA + i] = firstB + j;
      }
    }
  });
  return { labels, squares: least };
}

/** Each next seed is a row drawn in proportion to its squared distance to the seeds so far. */
function seeds(rows: Rows, clusters: number, random: RandomStream): Rows {
  const { count, width } = rows;
  const data = new Float64Array(clusters * width);
  const least = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  const draws = random.fork("draws").uniform(new Float64Array(clusters));
  let chosen = random.integers(1, count)[0]!;
  for (let c = 0; c < clusters; c++) {
    if (c > 0) chosen = drawn(least, draws[c]!, clusters);
    const seed = pickRows(rows, [chosen]);
    data.set(seed.data, c * width);
    assign(rows, seed).squares.forEach((square, i) => {
      least[i] = Math.min(least[i]!, square);
    });
  }
  return { count: clusters, width, data };
}

/** The index at which the running sum of `weights` passes the share `u` of their total. */
function drawn(weights: Float64Array, u: number, clusters: number): number {
  const total = weights.reduce((a, b) => a + b, 0);
  if (total === 0) {
    throw new GanymedeError("METRIC_DEGENERATE", {
      where: "k-means",
      expected: `at least ${clusters} different rows`,
      got: `${weights.length} rows, most of them alike`,
      fix: "use fewer clusters, or look for why the features are constant",
    });
  }
  let left = u * total;
  let last = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i]! === 0) continue;
    last = i;
    left -= weights[i]!;
    if (left <= 0) break;
  }
  return last;
}

function means(rows: Rows, { labels, squares }: Assignment, clusters: number): Rows {
  const { width } = rows;
  const data = new Float64Array(clusters * width);
  const sizes = new Float64Array(clusters);
  for (let i = 0; i < rows.count; i++) {
    const at = labels[i]! * width;
    sizes[labels[i]!]! += 1;
    for (let k = 0; k < width; k++) data[at + k]! += rows.data[i * width + k]!;
  }
  const spare = squares.slice();
  for (let c = 0; c < clusters; c++) {
    const centre = data.subarray(c * width, (c + 1) * width);
    if (sizes[c]! > 0) for (let k = 0; k < width; k++) centre[k]! /= sizes[c]!;
    else {
      const farthest = spare.reduce((best, v, i) => (v > spare[best]! ? i : best), 0);
      spare[farthest] = 0;
      centre.set(pickRows(rows, [farthest]).data);
    }
  }
  return { count: clusters, width, data };
}
