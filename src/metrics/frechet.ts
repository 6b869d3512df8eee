import { GanymedeError } from "../core/errors.ts";
import { stream } from "../core/random.ts";
import { addProduct } from "./_product.ts";
import { pickRows } from "./_rows.ts";
import { type FeatureMoments, momentsOf } from "./feature-moments.ts";
import type { Rows } from "./metric.ts";
import { type PivotedCholesky, pivotedCholesky, symmetricEigenvalues } from "./symmetric.ts";

/** Squared Fréchet (2-Wasserstein) distance of two Gaussians, and what it is made of. All ≥ 0. */
export interface FrechetDistance {
  readonly distance: number;
  /** ‖μ₁ − μ₂‖² */
  readonly meanTerm: number;
  /** Tr(Σ₁ + Σ₂ − 2(Σ₁Σ₂)^½) */
  readonly covarianceTerm: number;
}

/**
 * ‖μ₁ − μ₂‖² + Tr(Σ₁ + Σ₂) − 2·Σ√λ, λ being the eigenvalues of LᵀΣ₂L with Σ₁ = LLᵀ: those of Σ₁Σ₂,
 * without a square root of a matrix and without complex numbers. Right for covariances that are not of
 * full rank. Equal moments give exactly 0. Time about 4n³ flop, memory seven matrices [n, n].
 *
 * Source: Dowson and Landau 1982, equation 4; Heusel et al. 2017, arXiv:1706.08500, equation 6.
 *
 * @throws GanymedeError METRIC_INPUT when the widths differ, METRIC_NUMERICS when moments are not finite
 */
export function frechetDistance(a: FeatureMoments, b: FeatureMoments): FrechetDistance {
  if (a.width !== b.width) {
    throw new GanymedeError("METRIC_INPUT", {
      where: "Fréchet distance",
      expected: "moments of one width",
      got: `${a.width} and ${b.width} features`,
      fix: "take both sides' features from the same extractor",
    });
  }
  const meanTerm = a.mean.reduce((sum, mean, i) => sum + (mean - b.mean[i]!) ** 2, 0);
  const traces = trace(a) + trace(b);
  if (!Number.isFinite(meanTerm + traces)) throw notFinite();
  const equal = a.covariance.every((value, i) => value === b.covariance[i]);
  // The root of a zero eigenvalue's rounding error is far greater than the error: factor the side that
  // has fewer items and so the lower rank, whose zeros then do not enter at all.
  const [less, more] = a.count <= b.count ? [a, b] : [b, a];
  const between = equal ? 0 : traces - 2 * traceOfRoot(less, more);
  const covarianceTerm = Math.max(0, between);
  return { distance: meanTerm + covarianceTerm, meanTerm, covarianceTerm };
}

const trace = ({ covariance, width }: FeatureMoments): number => {
  let sum = 0;
  for (let i = 0; i < width; i++) sum += covariance[i * width + i]!;
  return sum;
};

const notFinite = (): GanymedeError =>
  new GanymedeError("METRIC_NUMERICS", {
    where: "Fréchet distance",
    expected: "finite moments",
    got: "NaN or infinity",
    fix: "look at the features; they are not finite or their squares overflow",
  });

/** Tr (Σ₁Σ₂)^½. */
function traceOfRoot(one: FeatureMoments, two: FeatureMoments): number {
  const cholesky = pivotedCholesky(one.covariance, one.width);
  const eigenvalues = symmetricEigenvalues(sandwich(cholesky, two), cholesky.rank, {
    overwrite: true,
  });
  return eigenvalues.reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);
}

/** Rows of L in one product: what lies right of their diagonal is zero and left out. */
const chunk = 256;

/** LᵀΣL, of which the lower triangle is right, [rank, rank]. */
function sandwich({ factor, rank, order }: PivotedCholesky, { covariance, width }: FeatureMoments) {
  const permuted = new Float64Array(width * width);
  order.forEach((row, i) => {
    for (let j = 0; j < width; j++) permuted[i * width + j] = covariance[row * width + order[j]!]!;
  });
  const whole = { depthStride: width, itemStride: 1 };
  const right = new Float64Array(width * rank);
  const result = new Float64Array(rank * rank);
  for (const to of [right, result]) {
    for (let k = 0; k < width; k += chunk) {
      const depth = Math.min(chunk, width - k);
      const triangle = { ...whole, data: factor, depth, count: Math.min(rank, k + depth) };
      const l = { ...triangle, offset: k * width };
      if (to === right) {
        const sigma = { ...whole, data: permuted, depth, count: width, offset: k * width };
        addProduct(right, sigma, l, { stride: rank });
      } else {
        const part = { data: right, depth, count: rank, offset: k * rank };
        addProduct(result, l, { ...part, depthStride: rank, itemStride: 1 }, { upper: true });
      }
    }
  }
  mirror(result, rank);
  return result;
}

/** Copies the upper triangle to the lower. */
function mirror(matrix: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) matrix[i * n + j] = matrix[j * n + i]!;
  }
}

/** FID at several counts, and where the line through them ends. */
export interface FrechetLimit {
  /** The intercept at 1/n = 0: FID∞. May be below 0 by chance. */
  readonly distance: number;
  /** Of the line over 1/n; the bias of FID at n items is about slope/n. */
  readonly slope: number;
  readonly points: readonly { readonly count: number; readonly distance: number }[];
}

/**
 * FID∞: the distance to unlimited fake items, by a line fitted to the distances of random subsets over
 * 1/n, at `points` counts evenly spaced from a tenth of the items to all. It takes the bias by the
 * fakes' number away, not that by the reals'. Source: Chong and Forsyth 2020, arXiv:1911.07023,
 * algorithm 1 (15 counts from 5,000 to 50,000).
 *
 * @throws GanymedeError METRIC_INPUT when a tenth of the items is less than two
 */
export function frechetLimit(
  real: FeatureMoments,
  fake: Rows,
  { seed, points = 15 }: { readonly seed: number; readonly points?: number },
): FrechetLimit {
  const least = Math.floor(fake.count / 10);
  const measured = Array.from({ length: points }, (_, i) => {
    const count = Math.round(least + ((fake.count - least) * i) / (points - 1));
    const order = stream(seed, "fid-infinity", i).permutation(fake.count);
    const moments = momentsOf(pickRows(fake, order.subarray(0, count)));
    return { count, distance: frechetDistance(real, moments).distance };
  });
  const mean = (of: (point: (typeof measured)[number]) => number) =>
    measured.reduce((sum, point) => sum + of(point), 0) / points;
  const [x, y] = [mean((p) => 1 / p.count), mean((p) => p.distance)];
  const covariance = mean((p) => (1 / p.count - x) * (p.distance - y));
  const slope = covariance / mean((p) => (1 / p.count - x) ** 2);
  return { distance: y - slope * x, slope, points: measured };
}
