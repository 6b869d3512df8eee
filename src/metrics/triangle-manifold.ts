import { GanymedeError } from "../core/errors.ts";
import { stream } from "../core/random.ts";
import { allowedTriangle, drawTriangle, type Triangle, triangleOf } from "../data/triangles.ts";
import type { Rows } from "./metric.ts";

export interface ManifoldSearch {
  /** Triangles that the search starts from, drawn at random; 2000 when absent. */
  readonly bank?: number;
  /** How many of the nearest of them are refined; 3 when absent. */
  readonly starts?: number;
  /** Steps of refinement of each; 20 when absent. */
  readonly steps?: number;
}

/** The nearest triangle to a picture. */
export interface Nearest {
  readonly triangle: Triangle;
  /** Euclidean, over pixels in [0, 1]. */
  readonly distance: number;
}

/** A picture this near is one of a triangle, but for rounding: no other start can do better. */
const enough = 0.05;

/** Small steps of the six numbers, in pixels and radians: about a tenth of a pixel at a corner. */
const nudges = [0.1, 0.1, 0.1, 0.02, 0.02, 0.02] as const;

/**
 * Distance of pictures to the manifold of all drawn triangles: the nearest of a random bank, refined
 * by Levenberg–Marquardt with projection onto the allowed ranges (Levenberg 1944, Marquardt 1963).
 * An upper bound of the true distance, exact where refinement finds the valley: for pictures of
 * triangles it is below 0.05 (their rounding to bytes); for blurred and noisy ones twice the search
 * changes it by a few hundredths (see the tests). Deterministic. A few milliseconds a picture.
 */
export class TriangleManifold {
  readonly side: number;
  private readonly options: Required<ManifoldSearch>;
  private readonly bank: readonly Triangle[];
  private readonly drawn: Float32Array;
  private readonly canvas: Float64Array;

  /** @param side pixels a side */
  constructor(side: number, { bank = 2000, starts = 3, steps = 20 }: ManifoldSearch = {}) {
    this.side = side;
    this.options = { bank, starts, steps };
    this.canvas = new Float64Array(side * side);
    this.drawn = new Float32Array(bank * side * side);
    this.bank = Array.from({ length: bank }, (_, i) => {
      const u = stream(0, "triangle bank", i).uniform(new Float64Array(6));
      const triangle = triangleOf(u, side);
      drawTriangle(triangle, side, this.drawn, i * side * side);
      return triangle;
    });
  }

  /** Distances of all pictures, raw bytes 0 to 255 [n, side²]. Throws `METRIC_INPUT` unless finite. */
  distances(raw: Rows): Float64Array {
    const size = this.side ** 2;
    if (raw.width !== size || !raw.data.every(Number.isFinite)) {
      throw new GanymedeError("METRIC_INPUT", {
        where: "distance to triangles",
        expected: `finite pictures of ${size} pixels`,
        got: raw.width === size ? "a value that is not finite" : `${raw.width} pixels`,
        fix: "pass pictures of the manifold's own side, in bytes",
      });
    }
    return Float64Array.from({ length: raw.count }, (_, i) => {
      const image = Float64Array.from(raw.data.subarray(i * size, (i + 1) * size), (v) => v / 255);
      return this.nearest(image).distance;
    });
  }

  /** The nearest triangle to a picture of side² values in [0, 1]. */
  nearest(image: Float64Array): Nearest {
    let best: Nearest | undefined;
    for (const start of this.candidates(image)) {
      const found = this.refine(image, start);
      if (!best || found.distance < best.distance) best = found;
      if (best.distance < enough) break;
    }
    return best!;
  }

  /** The nearest triangles of the bank, nearest first. */
  private candidates(image: Float64Array): Triangle[] {
    const size = image.length;
    const { starts } = this.options;
    const nearest: { i: number; square: number }[] = [];
    for (let i = 0; i < this.bank.length; i++) {
      let square = 0;
      for (let k = 0, at = i * size; k < size; k++, at++) {
        const off = image[k]! - this.drawn[at]!;
        square += off * off;
      }
      if (nearest.length === starts && square >= nearest.at(-1)!.square) continue;
      nearest.push({ i, square });
      nearest.sort((a, b) => a.square - b.square);
      nearest.length = Math.min(nearest.length, starts);
    }
    return nearest.map(({ i }) => this.bank[i]!);
  }

  private refine(image: Float64Array, start: Triangle): Nearest {
    let best = { triangle: start, square: this.squareTo(image, start) };
    let damping = 1e-2;
    let system = this.linearised(image, start);
    for (let step = 0; step < this.options.steps && damping < 1e2; step++) {
      const move = solve(system.normal, system.slope, damping);
      const moved = best.triangle.map((v, k) => v - move[k]!) as unknown as Triangle;
      const triangle = allowedTriangle(moved, this.side);
      const square = this.squareTo(image, triangle);
      const gained = best.square - square;
      if (gained <= 0) {
        damping *= 8;
        continue;
      }
      const settled = gained < 1e-4 * best.square;
      best = { triangle, square };
      if (settled) break;
      damping = Math.max(damping / 4, 1e-6);
      system = this.linearised(image, triangle);
    }
    return { triangle: best.triangle, distance: Math.sqrt(best.square) };
  }

  private squareTo(image: Float64Array, triangle: Triangle): number {
    drawTriangle(triangle, this.side, this.canvas);
    let sum = 0;
    for (let k = 0; k < image.length; k++) sum += (this.canvas[k]! - image[k]!) ** 2;
    return sum;
  }

  /** JᵀJ and Jᵀr of the residuals r = drawn − image, J by central differences. */
  private linearised(image: Float64Array, triangle: Triangle) {
    const at = (t: readonly number[]) => {
      const drawn = new Float64Array(image.length);
      drawTriangle(t as unknown as Triangle, this.side, drawn);
      return drawn;
    };
    const columns = nudges.map((h, k) => {
      const [up, down] = [h, -h].map((by) => at(triangle.map((v, i) => (i === k ? v + by : v))));
      const column = new Float64Array(image.length);
      for (let i = 0; i < column.length; i++) column[i] = (up![i]! - down![i]!) / (2 * h);
      return column;
    });
    const residual = at(triangle);
    for (let i = 0; i < residual.length; i++) residual[i]! -= image[i]!;
    return {
      normal: columns.map((a) => columns.map((b) => dot(a, b))),
      slope: columns.map((a) => dot(a, residual)),
    };
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** x of (A + damping·(diag A + 1))·x = b, for a positive semi-definite A: Gauss–Jordan. */
function solve(a: readonly number[][], b: readonly number[], damping: number): number[] {
  const rows = a.map((row, i) => [
    ...row.map((v, j) => (i === j ? v + damping * (v + 1) : v)),
    b[i]!,
  ]);
  rows.forEach((pivot, i) => {
    const scale = pivot[i]!;
    for (let j = i; j < pivot.length; j++) pivot[j]! /= scale;
    rows.forEach((row, k) => {
      if (k === i) return;
      const factor = row[i]!;
      for (let j = i; j < row.length; j++) row[j]! -= factor * pivot[j]!;
    });
  });
  return rows.map((row) => row.at(-1)!);
}

/** How much of what a generator makes is right, and how much of what is right it can make. */
export interface Reach {
  /** Share of generated pictures within the tolerance of the manifold. */
  readonly precision: number;
  /** Share of held-out pictures within the tolerance of what the generator can make. */
  readonly recall: number;
  /** Harmonic mean of both; 0 when both are 0. */
  readonly f1: number;
}

/**
 * Exact precision and recall by distance. Lucic et al. 2018, arXiv:1711.10337, section 5.2: recall
 * inverts the generator for each held-out picture (`invert`), and asks how near it comes.
 *
 * @param toManifold distances of generated pictures to the manifold, at least one
 * @param toGenerator distances of held-out pictures to the nearest that the generator can make
 */
export function reachOf(
  toManifold: ArrayLike<number>,
  toGenerator: ArrayLike<number>,
  tolerance: number,
): Reach {
  const share = (distances: ArrayLike<number>) =>
    Array.from(distances).filter((d) => d <= tolerance).length / distances.length;
  const [precision, recall] = [share(toManifold), share(toGenerator)];
  const sum = precision + recall;
  return { precision, recall, f1: sum === 0 ? 0 : (2 * precision * recall) / sum };
}
