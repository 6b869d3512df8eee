import { stream } from "../../core/random.ts";
import { pickRows, requireComparable } from "../_rows.ts";
import { spread } from "../bootstrap.ts";
import { kMeans } from "../kmeans.ts";
import type { Metric, Rows, Score } from "../metric.ts";
import { anglesOf, curveFromHistograms, curveScore, type PrCurve } from "../pr-curve.ts";

export interface Prd {
  readonly seed: number;
  /** Cells of the histogram; 20 when absent. */
  readonly clusters?: number;
  readonly lambdas?: Float64Array;
}

/** Lloyd's steps: the histogram hardly changes after that. */
const steps = 30;

/**
 * The precision–recall curve of the histograms of both sides over joint k-means clusters. As many of
 * each side as the smaller has are taken, so that neither rules the clusters. Sajjadi et al. 2018,
 * arXiv:1806.00035, section 3.3. A coarse cell hides differences inside it: the curve is too high for
 * distributions that overlap.
 *
 * @param real [n, d]
 * @param fake [m, d]
 * @throws GanymedeError METRIC_INPUT for rows that are not finite or of different width, or fewer
 *   than clusters; METRIC_DEGENERATE when fewer than clusters rows differ
 */
export function histogramCurve(
  real: Rows,
  fake: Rows,
  { seed, clusters = 20, lambdas = anglesOf() }: Prd,
): PrCurve {
  requireComparable(real, fake, "prd", clusters);
  const count = Math.min(real.count, fake.count);
  const taken = [real, fake].map((rows, side) =>
    pickRows(rows, stream(seed, `prd/${side}`).permutation(rows.count).subarray(0, count)),
  );
  const data = Float64Array.from([...taken[0]!.data, ...taken[1]!.data]);
  const union = { count: 2 * count, width: real.width, data };
  const { labels } = kMeans(union, { clusters, seed, steps });
  const shares = [0, 1].map((side) => {
    const histogram = new Float64Array(clusters);
    for (let i = side * count; i < (side + 1) * count; i++) histogram[labels[i]!]! += 1 / count;
    return histogram;
  });
  return curveFromHistograms(shares[0]!, shares[1]!, lambdas);
}

/** Runs whose curves are averaged, as the authors' code does. */
const usualRuns = 10;

/**
 * `histogramCurve` from several k-means seeds.
 *
 * @returns the curve of each run, and the mean of their coordinates at each λ
 */
export function histogramCurves(
  real: Rows,
  fake: Rows,
  { seed, runs = usualRuns, ...options }: Prd & { readonly runs?: number },
): { readonly each: readonly PrCurve[]; readonly mean: PrCurve } {
  const each = Array.from({ length: runs }, (_, run) => {
    const own = stream(seed, "prd/run", run).uint32(1)[0]!;
    return histogramCurve(real, fake, { ...options, seed: own });
  });
  const mean = (pick: (c: PrCurve) => Float64Array) =>
    pick(each[0]!).map((_, i) => each.reduce((sum, c) => sum + pick(c)[i]! / runs, 0));
  const { lambdas } = each[0]!;
  return {
    each,
    mean: { lambdas, precision: mean((c) => c.precision), recall: mean((c) => c.recall) },
  };
}

export const prd: Metric = {
  id: "prd",
  about:
    "precision–recall curve over 20 joint clusters: best F₁ of the mean of 10 runs; parts F₈ (recall), F₁⸝₈ (precision); standard error over runs",
  better: "higher",
  range: "0 to 1; perfect: 1",
  source: "Sajjadi et al. 2018, arXiv:1806.00035, section 3.3",
  needs: ["features"],
  async measure({ real, fake, seed }): Promise<Score> {
    const { each, mean } = histogramCurves(await real.features(), await fake.features(), { seed });
    const { standardError } = spread(each.map((c) => curveScore(c).value));
    return { ...curveScore(mean), standardError };
  },
};
