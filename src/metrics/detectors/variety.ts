import { densityBalls, improvedBalls, memberships, shareInside } from "../manifold.ts";
import { head } from "./collapse.ts";
import type { Detector } from "./detector.ts";

/** Standard errors by which a share must have fallen before it is called a fall. */
const sure = 3;

/** A fall of less than this is not worth an alarm. */
const worth = 0.1;

/** Samples that look like data, of few kinds: precision above, coverage below. */
const [clear, few] = [0.7, 0.25];

/** √(p(1 − p)/n) of a share of n items, never 0. */
const errorOf = (share: number, count: number): number =>
  Math.sqrt(Math.max(share * (1 - share), 1 / count) / count);

const tryNext = [
  "a smaller learning rate of the generator",
  "a gradient penalty (wgan-gp, r3gan), minibatch discrimination or unrolled steps",
  "a larger batch",
];

/**
 * Coverage (Naeem et al. 2020, arXiv:2002.09797, equation 6) and precision (Kynkäänniemi et al. 2019,
 * arXiv:1904.06991) of a few hundred samples: too few for a score, enough for its trend. An alarm
 * when coverage has fallen from its best for two looks running, or samples are good and few of a kind.
 */
export const variety: Detector = {
  id: "variety",
  about: "kinds of data that samples no longer show",
  gauges: {
    coverage: "share of data with a sample near; its trend matters, not its height",
    precision: "share of samples that lie among the data",
  },
  watch({ fakes, train, past }) {
    const real = head(train, Math.min(fakes.count, train.count));
    const count = real.count;
    if (count <= densityBalls.k) return { gauges: {} };
    const [improved, dense] = memberships(fakes, real, [improvedBalls, densityBalls]);
    const coverage = dense!.occupied.reduce((sum, flag) => sum + flag, 0) / count;
    const precision = shareInside(improved!);
    const gauges = { coverage, precision };
    const earlier = past.flatMap((g) => (g.coverage === undefined ? [] : [g.coverage]));
    const best = Math.max(...earlier, 0);
    const fallen = (now: number) =>
      best - now > Math.max(worth, sure * Math.SQRT2 * errorOf(best, count));
    if (earlier.length >= 2 && fallen(coverage) && fallen(earlier.at(-1)!)) {
      const text = `variety is shrinking: samples covered ${best.toFixed(2)} of the data, now ${coverage.toFixed(2)}`;
      return { gauges, alarm: { text, tryNext } };
    }
    if (earlier.length >= 2 && precision > clear && coverage < few) {
      const text = `samples look like data, but only like few of its kinds: coverage ${coverage.toFixed(2)}`;
      return { gauges, alarm: { text, tryNext } };
    }
    return { gauges };
  },
};
