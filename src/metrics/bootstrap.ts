import { GanymedeError } from "../core/errors.ts";
import { stream } from "../core/random.ts";

/** How sure a figure is. */
export interface Certainty {
  /** Standard deviation of the figure over resamples. */
  readonly standardError: number;
  /** The central share `level` of the resampled figures. */
  readonly interval: readonly [low: number, high: number];
}

export interface Bootstrap {
  readonly seed: number;
  /** 1000 when absent. */
  readonly resamples?: number;
  /** Share of resamples inside the interval, 0.95 when absent. */
  readonly level?: number;
}

/**
 * Percentile bootstrap. Efron 1979; Efron, Tibshirani 1993, section 13.3. Each resample draws as many
 * items as there are, with replacement, from each of the samples independently.
 *
 * @param counts items of each sample, ≥ 1
 * @param statistic gets the drawn indices of each sample, valid during the call
 * @throws GanymedeError METRIC_DEGENERATE when a resample's figure is not finite
 */
export function bootstrap(
  counts: readonly number[],
  statistic: (...draws: readonly Uint32Array[]) => number,
  { seed, resamples = 1000, level = 0.95 }: Bootstrap,
): Certainty {
  const figures = Float64Array.from({ length: resamples }, (_, r) => {
    const draws = counts.map((n, s) => stream(seed, `bootstrap/${s}`, r).integers(n, n));
    return statistic(...draws);
  });
  const bad = figures.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0) {
    throw new GanymedeError("METRIC_DEGENERATE", {
      where: `bootstrap resample ${bad}`,
      expected: "a finite figure",
      got: String(figures[bad]),
      fix: "use more items: some resamples of so few hold too little",
    });
  }
  const sorted = figures.sort();
  const tail = (1 - level) / 2;
  return {
    standardError: spread(sorted).deviation,
    interval: [quantileOf(sorted, tail), quantileOf(sorted, 1 - tail)],
  };
}

/** Mean, standard deviation of a sample (n − 1; 0 for a single value) and deviation/√n. */
export function spread(values: ArrayLike<number>): {
  mean: number;
  deviation: number;
  standardError: number;
} {
  const n = values.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i]!;
  const mean = sum / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (values[i]! - mean) ** 2;
  const deviation = n > 1 ? Math.sqrt(squares / (n - 1)) : 0;
  return { mean, deviation, standardError: deviation / Math.sqrt(n) };
}

/** The q-quantile of ascending values, linear between neighbours (type 7 of Hyndman, Fan 1996). */
export function quantileOf(sorted: ArrayLike<number>, q: number): number {
  const at = q * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below]!;
  return at === below ? low : low + (at - below) * (sorted[below + 1]! - low);
}

/** The 0.975-quantile of the standard normal. */
const z95 = 1.959963984540054;

/** 95 % interval of a share that was seen `hits` times in `count`. Wilson 1927. */
export function wilson(hits: number, count: number): readonly [low: number, high: number] {
  const share = hits / count;
  const z2 = z95 ** 2 / count;
  const centre = (share + z2 / 2) / (1 + z2);
  const half = (z95 / (1 + z2)) * Math.sqrt((share * (1 - share)) / count + z2 / (4 * count));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

/** 95 % interval of a mean with a known standard error, by the normal distribution. */
export const normalInterval = (
  mean: number,
  standardError: number,
): readonly [low: number, high: number] => [mean - z95 * standardError, mean + z95 * standardError];

/** A share with its binomial standard error and Wilson's interval. */
export function shareScore(hits: number, count: number) {
  const value = hits / count;
  const standardError = Math.sqrt((value * (1 - value)) / count);
  return { value, standardError, interval: wilson(hits, count) };
}
