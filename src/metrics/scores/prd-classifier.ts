import { type TwoSample, twoSampleVerdicts, verdictsOf } from "../_two-sample.ts";
import type { Metric, Rows, Score } from "../metric.ts";
import { curveFromScores, curveScore, type PrCurve } from "../pr-curve.ts";

/**
 * The precision–recall curve by classification: a classifier of real and fake, trained on one half of
 * both sides, gives scores that rise with p/q; on the other half the best threshold for each λ gives
 * α_λ. Needs no histogram and no finite support. Simon, Webster, Rabin 2019, arXiv:1905.05441,
 * algorithm 1.
 *
 * @param real [n, d]
 * @param fake [m, d]
 * @throws GanymedeError METRIC_INPUT for rows that are not finite, of different width or too few
 */
export async function classifierCurve(
  real: Rows,
  fake: Rows,
  { lambdas, ...options }: TwoSample & { readonly lambdas?: Float64Array },
): Promise<PrCurve> {
  const verdicts = await twoSampleVerdicts(real, fake, options);
  return curveFromScores(verdicts.real, verdicts.fake, lambdas);
}

/** Below this many items a side, the classifier learns little and its test half says little. */
const fewItems = 2000;

export const prdClassifier: Metric = {
  id: "prd-classifier",
  about:
    "precision–recall curve by a trained classifier: its best F₁; parts F₈ (recall), F₁⸝₈ (precision)",
  better: "higher",
  range: "0 to 1; perfect: 1",
  source: "Simon, Webster, Rabin 2019, arXiv:1905.05441, algorithm 1",
  needs: ["features"],
  async measure(evidence): Promise<Score> {
    const { real, fake } = await verdictsOf(evidence);
    const count = Math.min(evidence.real.count, evidence.fake.count);
    return {
      ...curveScore(curveFromScores(real, fake)),
      ...(count < fewItems && {
        warnings: [`${count} items a side: a classifier of so few flatters the fakes.`],
      }),
    };
  },
};
