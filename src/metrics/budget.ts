import { GanymedeError } from "../core/errors.ts";
import { stream } from "../core/random.ts";
import { quantileOf, spread } from "./bootstrap.ts";

/*
 * What a search over hyper-parameters is worth at a budget. Lucic et al. 2018, arXiv:1711.10337,
 * section 4: not the best score ever seen, but the best to be expected of k random configurations.
 */

/** Which end of the scores is good. */
export type Better = "lower" | "higher";

/** The best of k random configurations. */
export interface BestOf {
  readonly budget: number;
  /** Expected best score. */
  readonly mean: number;
  /** The central share of best scores. */
  readonly interval: readonly [low: number, high: number];
}

/**
 * The best of `budget` draws with replacement from the scores of a random search, exactly: with the
 * scores ordered from best, P(the best is the i-th) = ((n − i + 1)/n)^k − ((n − i)/n)^k. It is what a
 * bootstrap of infinitely many resamples gives.
 *
 * @param scores one for each configuration tried; a failed one as the worst it could be, never left out
 * @param budget k ≥ 1, also beyond the number of scores
 * @param level share inside the interval
 * @throws GanymedeError METRIC_INPUT for no scores, a NaN, or a budget that is not a whole number ≥ 1
 */
export function bestOf(
  scores: readonly number[],
  budget: number,
  better: Better,
  level = 0.9,
): BestOf {
  const ordered = fromBest(scores, budget, better);
  const n = ordered.length;
  const noneBefore = (i: number) => ((n - i) / n) ** budget;
  let mean = 0;
  ordered.forEach((score, i) => {
    const share = noneBefore(i) - noneBefore(i + 1);
    if (share > 0) mean += share * score;
  });
  const quantile = (q: number) =>
    ordered.find((_, i) => 1 - noneBefore(i + 1) >= q) ?? ordered[n - 1]!;
  const tails = [quantile((1 - level) / 2), quantile((1 + level) / 2)].sort((a, b) => a - b);
  return { budget, mean, interval: tails as [number, number] };
}

/** `bestOf` at each of some budgets: the curve of best score against budget. */
export const bestCurve = (
  scores: readonly number[],
  budgets: readonly number[],
  better: Better,
): BestOf[] => budgets.map((budget) => bestOf(scores, budget, better));

export interface Resampling {
  readonly seed: number;
  /** 1000 when absent. */
  readonly resamples?: number;
}

/**
 * The same by resampling, as the paper has it, with the standard error that comes from having tried
 * only so many configurations: each of the outer resamples is a search that might have been, of which
 * the expected best is taken exactly.
 */
export function bestOfResampled(
  scores: readonly number[],
  budget: number,
  better: Better,
  { seed, resamples = 1000 }: Resampling,
): BestOf & { readonly standardError: number } {
  fromBest(scores, budget, better);
  const n = scores.length;
  const pick = better === "lower" ? Math.min : Math.max;
  const bests = Float64Array.from({ length: resamples }, (_, r) => {
    const draws = stream(seed, "budget/draws", r).integers(budget, n);
    return [...draws].map((i) => scores[i]!).reduce((a, b) => pick(a, b));
  }).sort();
  const searches = Float64Array.from({ length: resamples }, (_, r) => {
    const draws = stream(seed, "budget/search", r).integers(n, n);
    return bestOf(
      [...draws].map((i) => scores[i]!),
      budget,
      better,
    ).mean;
  });
  return {
    budget,
    mean: spread(bests).mean,
    interval: [quantileOf(bests, 0.05), quantileOf(bests, 0.95)],
    standardError: spread(searches).deviation,
  };
}

function fromBest(scores: readonly number[], budget: number, better: Better): number[] {
  if (scores.length === 0 || scores.some(Number.isNaN) || !Number.isInteger(budget) || budget < 1) {
    throw new GanymedeError("METRIC_INPUT", {
      where: "best score of a budget",
      expected: "at least one score, none NaN, and a whole budget of at least 1",
      got: `${scores.length} scores, budget ${budget}`,
      fix: "give a failed configuration the worst score that it could have",
    });
  }
  return [...scores].sort((a, b) => (better === "lower" ? a - b : b - a));
}

/**
 * Those that no other beats: a point is dropped when another is at least as good in every score and
 * better in one. Equal points stay together. Kurach et al. 2019, arXiv:1807.04720, section 3, draw
 * quality against the cost of reaching it.
 *
 * @param senses which end is good, score by score
 */
export function paretoFront<T>(
  points: readonly T[],
  scoresOf: (point: T) => readonly number[],
  senses: readonly Better[],
): T[] {
  const costs = points.map((p) => scoresOf(p).map((v, i) => (senses[i] === "lower" ? v : -v)));
  const beats = (a: readonly number[], b: readonly number[]) =>
    a.every((v, i) => v <= b[i]!) && a.some((v, i) => v < b[i]!);
  return points.filter((_, i) => !costs.some((other) => beats(other, costs[i]!)));
}
