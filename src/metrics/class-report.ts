import type { Rows } from "./metric.ts";

/** What a classifier's word on a set of images comes to. Shares are in [0, 1], entropies in nats. */
export interface ClassReport {
  readonly count: number;
  /** Share of images that the classifier gives some class with at least `sureAt`. */
  readonly sure: number;
  /** Share of images whose likeliest class is each; they sum to 1. */
  readonly shares: readonly number[];
  /** Share of all images of which it is sure that they are of each class; sums to `sure`. */
  readonly sureShares: readonly number[];
  /** The smallest of `shares`: 0 = a class is missing. */
  readonly smallestShare: number;
  /** Mean entropy of p(class | image): 0 = every image is clear. */
  readonly sampleEntropy: number;
  /** Entropy of the mean of p(class | image): ln(classes) = all classes alike. */
  readonly classEntropy: number;
}

/** The confidence from which a classifier counts as sure. */
export const sureAt = 0.9;

/** Sums up p(class | image) [count, classes] of at least one image. */
export function classReport(
  { count, width: classes, data: probabilities }: Rows,
  { sure = sureAt } = {},
): ClassReport {
  const [firsts, sures, means] = [0, 1, 2].map(() => new Float64Array(classes));
  let uncertainty = 0;
  for (let i = 0; i < count; i++) {
    const row = probabilities.subarray(i * classes, (i + 1) * classes);
    const best = row.indexOf(Math.max(...row));
    firsts![best]! += 1;
    if (row[best]! >= sure) sures![best]! += 1;
    row.forEach((p, c) => {
      means![c]! += p / count;
    });
    uncertainty += entropy(row) / count;
  }
  const share = (n: number) => n / count;
  return {
    count,
    sure: share(sures!.reduce((a, b) => a + b, 0)),
    shares: Array.from(firsts!, share),
    sureShares: Array.from(sures!, share),
    smallestShare: share(Math.min(...firsts!)),
    sampleEntropy: uncertainty,
    classEntropy: entropy(means!),
  };
}

/** −Σ p ln p, in nats, with 0·ln 0 = 0. */
export const entropy = (p: ArrayLike<number>): number =>
  Array.from(p).reduce((sum, v) => (v > 0 ? sum - v * Math.log(v) : sum), 0);
