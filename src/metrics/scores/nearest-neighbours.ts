import { requireVaried } from "../_checks.ts";
import { requireComparable } from "../_rows.ts";
import { bootstrap, quantileOf } from "../bootstrap.ts";
import type { Metric, Rows, Score } from "../metric.ts";
import { nearestIn, neighbourSquares } from "../neighbours.ts";

/** Distances to the nearest training item. */
export interface Nearness {
  /** From each fake. */
  readonly fake: Float64Array;
  /** From each training item to another: what fresh data would have. */
  readonly real: Float64Array;
}

/**
 * How near fakes come to the data, against how near data come to each other. Each training item is
 * held out in turn, so that both are distances to the same set but for one item.
 *
 * @param real training items [n, d], n ≥ 2
 * @param fake [m, d]
 * @throws GanymedeError METRIC_INPUT for rows that are not finite or of different width
 */
export function nearness(real: Rows, fake: Rows): Nearness {
  requireComparable(real, fake, "nearest neighbours", 2);
  const [squares] = neighbourSquares(real, [1]);
  return { fake: nearestIn(fake, real).distance, real: squares!.map(Math.sqrt) };
}

/** Of fresh data, this share lies nearer to the training items than `copyRadius`. */
const rareShare = 0.01;

/** Distance below which a fake is suspected to be a copy. */
export const copyRadius = (real: Float64Array): number =>
  quantileOf(real.slice().sort(), rareShare);

/** More copies than this are no accident. */
const manyCopies = 0.05;

export const nearestNeighbours: Metric = {
  id: "nearest-neighbours",
  about:
    "median distance of fakes to the nearest training item over that of data among each other; bootstrap interval over both; part copies: share nearer than the nearest 1 % of data",
  better: "lower",
  range: "0 upwards; perfect: 1, as far as fresh data; less: copies; more: off the data",
  source:
    "Theis et al. 2016, arXiv:1511.01844, section 4.2 (why to look); leave-one-out baseline ours",
  needs: ["features"],
  async measure({ real, fake, seed }): Promise<Score> {
    const [reals, fakes] = [await real.features(), await fake.features()];
    const found = nearness(reals, fakes);
    requireVaried(reals, "nearest neighbours, real side");
    const median = (values: Float64Array) => quantileOf(values.slice().sort(), 0.5);
    const [made, data] = [median(found.fake), median(found.real)];
    const radius = copyRadius(found.real);
    const copies = found.fake.filter((d) => d <= radius).length / found.fake.length;
    // More than half of the data are doubles: no ratio, but the share of copies still tells.
    const ratio = data > 0 ? made / data : 1;
    const pick = (values: Float64Array, at: Uint32Array) =>
      median(Float64Array.from(at, (i) => values[i]!));
    const statistic = (f: Uint32Array, r: Uint32Array) => pick(found.fake, f) / pick(found.real, r);
    const counts = [found.fake.length, found.real.length];
    return {
      value: ratio,
      ...(data > 0 && bootstrap(counts, statistic, { seed, resamples: 200 })),
      parts: { copies, medianFake: made, medianReal: data, copyRadius: radius },
      ...(copies > manyCopies && {
        warnings: [
          `${(100 * copies).toFixed(0)} % of fakes are as near to training items as 1 % of data are: suspected copies.`,
        ],
      }),
    };
  },
};
