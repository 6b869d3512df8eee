/**
 * Precision–recall curves of distributions: for each trade-off λ > 0, α_λ = ∫ min(λ·p, q) and
 * β_λ = α_λ/λ, p being the data and q the fakes. Sajjadi et al. 2018, arXiv:1806.00035, theorem 1;
 * Simon, Webster, Rabin 2019, arXiv:1905.05441, theorem 1.
 */

/** Precision α and recall β at each λ, from recall's end (λ near 0) to precision's. */
export interface PrCurve {
  readonly lambdas: Float64Array;
  readonly precision: Float64Array;
  readonly recall: Float64Array;
}

/** λ = tan θ at `count` angles, evenly from almost 0 to almost π/2, as Sajjadi's code has them. */
export function anglesOf(count = 1001): Float64Array {
  const [low, high] = [1e-10, Math.PI / 2 - 1e-10];
  return Float64Array.from({ length: count }, (_, i) =>
    Math.tan(low + ((high - low) * i) / (count - 1)),
  );
}

/** The curve from α at each λ; both coordinates are held in [0, 1] against rounding. */
function curve(lambdas: Float64Array, alpha: (lambda: number) => number): PrCurve {
  const alphas = lambdas.map(alpha);
  return {
    lambdas,
    precision: alphas.map((a) => Math.min(1, Math.max(0, a))),
    recall: alphas.map((a, i) => Math.min(1, Math.max(0, a / lambdas[i]!))),
  };
}

/**
 * The exact curve of two distributions over the same cells: α_λ = Σ min(λ·p, q).
 *
 * @param p [cells], of sum 1: data
 * @param q [cells], of sum 1: fakes
 */
export const curveFromHistograms = (
  p: ArrayLike<number>,
  q: ArrayLike<number>,
  lambdas: Float64Array = anglesOf(),
): PrCurve =>
  curve(lambdas, (lambda) => {
    let sum = 0;
    for (let i = 0; i < p.length; i++) sum += Math.min(lambda * p[i]!, q[i]!);
    return sum;
  });

/**
 * The curve that scores of real and fake items give: α_λ = min over thresholds t of
 * λ·P(score ≤ t | real) + P(score > t | fake). Simon et al. 2019, algorithm 1. Exact in the limit when
 * the scores rise with p/q; less good scores give a curve that lies above the true one.
 *
 * @param real scores of data, the higher the more real
 * @param fake scores of fakes
 */
export function curveFromScores(
  real: ArrayLike<number>,
  fake: ArrayLike<number>,
  lambdas: Float64Array = anglesOf(),
): PrCurve {
  const corners = lowerHull(errorRates(real, fake));
  return curve(lambdas, (lambda) =>
    corners.reduce((least, [fnr, fpr]) => Math.min(least, lambda * fnr + fpr), Infinity),
  );
}

type Rates = readonly [falseNegatives: number, falsePositives: number];

/** Both error rates at each threshold between different scores, from "all real" to "all fake". */
function errorRates(real: ArrayLike<number>, fake: ArrayLike<number>): Rates[] {
  const [reals, fakes] = [Float64Array.from(real).sort(), Float64Array.from(fake).sort()];
  const rates: Rates[] = [[0, 1]];
  let [r, f] = [0, 0];
  while (r < reals.length || f < fakes.length) {
    const threshold = Math.min(reals[r] ?? Infinity, fakes[f] ?? Infinity);
    while (reals[r]! <= threshold) r++;
    while (fakes[f]! <= threshold) f++;
    rates.push([r / reals.length, 1 - f / fakes.length]);
  }
  return rates;
}

/** Only corners of the convex hull can be the least for some λ. Andrew 1979's monotone chain. */
function lowerHull(rates: readonly Rates[]): Rates[] {
  const hull: Rates[] = [];
  for (const [x, y] of rates) {
    while (hull.length >= 2) {
      const [[ax, ay], [bx, by]] = hull.slice(-2) as [Rates, Rates];
      if ((bx - ax) * (y - ay) > (by - ay) * (x - ax)) break;
      hull.pop();
    }
    hull.push([x, y]);
  }
  return hull;
}

/** The largest F_β = (1 + β²)·α·r/(β²·α + r) on the curve: β > 1 favours recall r. In [0, 1]. */
export function bestF({ precision, recall }: PrCurve, beta: number): number {
  const square = beta ** 2;
  return precision.reduce((best, p, i) => {
    const r = recall[i]!;
    const f = p + r > 0 ? ((1 + square) * p * r) / (square * p + r) : 0;
    return Math.max(best, f);
  }, 0);
}

/** What both curve metrics report: F₁ as the value, F₈ (recall) and F₁⸝₈ (precision) as parts. */
export const curveScore = (found: PrCurve) => ({
  value: bestF(found, 1),
  parts: { f8: bestF(found, 8), f1over8: bestF(found, 1 / 8) },
});
