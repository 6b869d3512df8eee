import { GanymedeError } from "../core/errors.ts";

/** Ranks from 1, ascending; equal values share the mean of their ranks. */
export function ranks(values: ArrayLike<number>): Float64Array {
  const order = Array.from(values, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const result = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let i = from; i < to; i++) result[order[i]!] = (from + 1 + to) / 2;
    from = to;
  }
  return result;
}

/**
 * Spearman's rank correlation in [−1, 1], ties by mean ranks: Pearson's correlation of the ranks.
 * Spearman 1904.
 *
 * @throws GanymedeError METRIC_INPUT for lists of different length, of fewer than two values or with a
 *   NaN; METRIC_DEGENERATE when all values of a list are equal
 */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const unfit = a.length !== b.length || a.length < 2;
  if (unfit || [a, b].some((list) => Array.from(list).some(Number.isNaN))) {
    throw new GanymedeError("METRIC_INPUT", {
      where: "rank correlation",
      expected: "two lists of numbers, of one length of at least 2",
      got: unfit ? `${a.length} and ${b.length} values` : "NaN",
      fix: "pass one pair of numbers for each thing that is ranked",
    });
  }
  const [x, y] = [ranks(a), ranks(b)];
  const middle = (a.length + 1) / 2;
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    xy += (x[i]! - middle) * (y[i]! - middle);
    xx += (x[i]! - middle) ** 2;
    yy += (y[i]! - middle) ** 2;
  }
  if (xx > 0 && yy > 0) return xy / Math.sqrt(xx * yy);
  throw new GanymedeError("METRIC_DEGENERATE", {
    where: "rank correlation",
    expected: "values that differ",
    got: `${a.length} equal values`,
    fix: "rank correlation needs an order on both sides",
  });
}
