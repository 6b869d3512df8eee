import { GanymedeError } from "../../core/errors.ts";
import { requireDistributions } from "../_checks.ts";
import { bootstrap } from "../bootstrap.ts";
import type { Metric, Rows, Score } from "../metric.ts";

/** A class that fakes never get counts as this probable, so that the score stays finite. */
const leastShare = 1e-10;

/** In nats; the score is their sum. */
export interface AmParts {
  /** E H(p(y|x)) over fakes: 0 when every fake is clear. */
  readonly entropy: number;
  /** KL(p̄ of data ‖ p̄ of fakes): 0 when classes are made as often as data have them. */
  readonly divergence: number;
}

/**
 * AM score = E H(p(y|x)) + KL(p̄_real ‖ p̄_fake). Zhou et al. 2018, arXiv:1703.02000, equation 18.
 *
 * @param real p(class | item) of data [n, classes]
 * @param fake p(class | item) of fakes [m, classes]
 * @throws GanymedeError METRIC_INPUT when the rows are no distributions over the same classes
 */
export function amParts(real: Rows, fake: Rows): AmParts {
  requireDistributions(real, "AM score, real side");
  requireDistributions(fake, "AM score, fake side");
  if (real.width !== fake.width) {
    throw new GanymedeError("METRIC_INPUT", {
      where: "AM score",
      expected: "the same classes on both sides",
      got: `${real.width} and ${fake.width}`,
      fix: "ask one classifier about both sides",
    });
  }
  const entropies = entropyOfEach(fake);
  const every = Uint32Array.from({ length: fake.count }, (_, i) => i);
  return partsOf(meanRow(real), fake, entropies, every);
}

function partsOf(wanted: Float64Array, fake: Rows, entropies: Float64Array, at: Uint32Array) {
  const made = meanRow(fake, at);
  const divergence = wanted.reduce(
    (sum, p, c) => (p > 0 ? sum + p * Math.log(p / Math.max(leastShare, made[c]!)) : sum),
    0,
  );
  const entropy = at.reduce((sum, i) => sum + entropies[i]!, 0) / at.length;
  return { entropy, divergence };
}

const entropyOfEach = ({ count, width, data }: Rows): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => {
    let sum = 0;
    for (let k = i * width; k < (i + 1) * width; k++) {
      if (data[k]! > 0) sum -= data[k]! * Math.log(data[k]!);
    }
    return sum;
  });

function meanRow({ count, width, data }: Rows, at?: Uint32Array): Float64Array {
  const mean = new Float64Array(width);
  const n = at?.length ?? count;
  for (let i = 0; i < n; i++) {
    const row = (at?.[i] ?? i) * width;
    for (let c = 0; c < width; c++) mean[c]! += data[row + c]! / n;
  }
  return mean;
}

export const amScore: Metric = {
  id: "am-score",
  about: "clear, and classes as often as in the data; interval: 200 bootstrap resamples of fakes",
  better: "lower",
  range: "0 upwards, in nats; perfect: the entropy that the classifier has on real items",
  source: "Zhou et al. 2018, arXiv:1703.02000, equation 18",
  needs: ["probabilities"],
  async measure({ real, fake, seed, classes }): Promise<Score> {
    const [wanted, made] = [await real.probabilities(), await fake.probabilities()];
    const { entropy, divergence } = amParts(wanted, made);
    const [mean, entropies] = [meanRow(wanted), entropyOfEach(made)];
    const statistic = (at: Uint32Array) => {
      const parts = partsOf(mean, made, entropies, at);
      return parts.entropy + parts.divergence;
    };
    const missing = Array.from(meanRow(made), (p, c) => (p < leastShare ? c : -1))
      .filter((c) => c >= 0 && mean[c]! >= leastShare)
      .map((c) => classes?.[c] ?? String(c));
    return {
      value: entropy + divergence,
      ...bootstrap([made.count], statistic, { seed, resamples: 200 }),
      parts: { entropy, divergence },
      ...(missing.length > 0 && {
        warnings: [
          `Never made: ${missing.join(", ")}; their share counts as ${leastShare}, which sets the score.`,
        ],
      }),
    };
  },
};
