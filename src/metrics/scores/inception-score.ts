import { requireDistributions } from "../_checks.ts";
import { spread } from "../bootstrap.ts";
import type { Metric, Rows, Score } from "../metric.ts";

/** What the score is made of, over all items. In nats. */
export interface LabelEntropies {
  /** H(E p(y|x)): ln(classes) when every class is made equally often. */
  readonly marginal: number;
  /** E H(p(y|x)): 0 when every item is clear. */
  readonly conditional: number;
}

/** Entropies of p(class | item) [n, classes], rows `from` to `to`; 0·ln 0 = 0. */
export function labelEntropies({ count, width, data }: Rows, from = 0, to = count): LabelEntropies {
  const marginal = new Float64Array(width);
  let conditional = 0;
  for (let i = from; i < to; i++) {
    for (let c = 0; c < width; c++) {
      const p = data[i * width + c]!;
      marginal[c]! += p / (to - from);
      if (p > 0) conditional -= (p * Math.log(p)) / (to - from);
    }
  }
  const entropy = marginal.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0);
  return { marginal: entropy, conditional };
}

/**
 * exp(E KL(p(y|x) ‖ p(y))) = exp(H(y) − E H(y|x)) of consecutive splits of n/splits items each, as
 * the authors' code cuts them. Salimans et al. 2016, arXiv:1606.03498, section 4.
 *
 * @param probabilities p(class | item) [n, classes], in random order
 * @returns one score a split, each in [1, classes]
 * @throws GanymedeError METRIC_INPUT when the rows are no distributions
 */
export function inceptionScores(probabilities: Rows, splits: number): Float64Array {
  requireDistributions(probabilities, "inception score");
  return Float64Array.from({ length: splits }, (_, s) => {
    const at = (n: number) => Math.floor((n * probabilities.count) / splits);
    const { marginal, conditional } = labelEntropies(probabilities, at(s), at(s + 1));
    return Math.exp(marginal - conditional);
  });
}

/** Ten splits as the field has them, but none of fewer items than this. */
const [usualSplits, leastInSplit] = [10, 100];

/** Below this many items the score is still rising with their number. */
const fewItems = 5000;

/** The score with its parts. @throws GanymedeError METRIC_INPUT when the rows are no distributions */
export function inceptionScoreOf(probabilities: Rows): Score {
  const { count } = probabilities;
  const splits = Math.min(usualSplits, Math.max(1, Math.floor(count / leastInSplit)));
  const { mean, standardError } = spread(inceptionScores(probabilities, splits));
  const { marginal, conditional } = labelEntropies(probabilities);
  const splitDeviation = standardError * Math.sqrt(splits - 1);
  return {
    value: mean,
    ...(splits > 1 && { standardError }),
    parts: { marginalEntropy: marginal, conditionalEntropy: conditional, splitDeviation },
    ...(count < fewItems && {
      warnings: [`${count} items: below ${fewItems} the score depends on their number.`],
    }),
  };
}

export const inceptionScore: Metric = {
  id: "inception-score",
  about:
    "clear and varied: mean over 10 splits; its standard error is deviation/√splits, the part splitDeviation (over n, not n − 1) is the ± of papers",
  better: "higher",
  range: "1 to the number of classes; perfect: that of real items",
  source: "Salimans et al. 2016, arXiv:1606.03498, section 4",
  needs: ["probabilities"],
  measure: async ({ fake }) => inceptionScoreOf(await fake.probabilities()),
};
