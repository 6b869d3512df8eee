import type { Tensor } from "../../engine/ir/tensor.ts";
import { add, mean, mul, softplus, sub } from "../../engine/ops/index.ts";
import { discriminatorLoses, discriminatorWins } from "../advice.ts";
import type { LogitLoss } from "./loss.ts";
import { nonSaturating } from "./non-saturating.ts";

/** What the discriminator is told of each side, both in [0, 1]. */
export interface LabelTargets {
  /** Of data; 0.9 when absent. */
  readonly real?: number;
  /** Of fakes; 0 when absent: one-sided. Above 0 it rewards fakes where there are no data. */
  readonly fake?: number;
}

/** Mean cross-entropy of logits f32[n] with one target t: −t·log σ(l) − (1−t)·log(1−σ(l)). */
const surprise = (logits: Tensor, target: number): Tensor =>
  mean(sub(softplus(logits), mul(logits, target)));

/**
 * The non-saturating game with softened labels. The best discriminator is
 *
 *   D* = (real·p_data + fake·p_g)/(p_data + p_g),
 *
 * so with a fake target of 0 it is only scaled: real·p_data/(p_data + p_g). With another, p_g appears
 * in the numerator, and a fake far from all data keeps a score of `fake` that nothing corrects.
 * Salimans et al. 2016, arXiv:1606.03498, section 3.4.
 */
export const labelSmoothing = ({ real = 0.9, fake = 0 }: LabelTargets = {}): LogitLoss => ({
  ...nonSaturating(),
  id: "label-smoothing",
  discriminator: (logits) => add(surprise(logits.real, real), surprise(logits.fake, fake)),
  unit: "nats",
  scoreUnit: "logit",
  healthy: {
    ...nonSaturating().healthy,
    discriminator: { low: 0.4, high: 1.6, below: discriminatorWins, above: discriminatorLoses },
  },
  meaning: {
    ...nonSaturating().meaning,
    discriminator: "surprise at softened labels; 1.38 = it cannot tell, 0.33 = it always can",
  },
});
