import { grad } from "../engine/autodiff/grad.ts";
import { mul, sub } from "../engine/ops/index.ts";
import type { Tensors } from "../nn/optimiser.ts";
import type { Duel } from "./duel.ts";
import { type AdversarialLoss, type Logits, laidOver } from "./losses/loss.ts";

export interface Unroll {
  /** Steps that the discriminator is followed ahead; 0 leaves the loss as it is. */
  readonly steps: number;
  /** Learning rate of those steps, of plain gradient descent. */
  readonly rate: number;
}

/**
 * `loss`, with a generator that foresees: its fakes are judged by the discriminator as it will be after
 * `steps` steps of gradient descent on its own loss, and its gradient passes through those steps. The
 * discriminator itself moves as before. Metz, Poole, Pfau, Sohl-Dickstein 2017, arXiv:1611.02163,
 * equations 7 to 9. Cost: each step is a pass forward and back, in turn differentiated.
 */
export const unrolled = (loss: AdversarialLoss, { steps, rate }: Unroll): AdversarialLoss =>
  laidOver(loss, (of) => (_, duel) => {
    let ahead = duel.parameters.discriminator;
    for (let k = 0; k < steps; k++) {
      const slopes = grad(of.discriminator(judgedBy(duel, ahead), duel), Object.values(ahead));
      const next = Object.entries(ahead).map(
        ([name, value], i) => [name, sub(value, mul(slopes[i]!, rate))] as const,
      );
      ahead = Object.fromEntries(next);
    }
    return of.generator(judgedBy(duel, ahead), duel);
  });

/** What the discriminator says when it has these parameters. */
const judgedBy = (duel: Duel, parameters: Tensors): Logits => ({
  get real() {
    return duel.discriminate(duel.real, parameters);
  },
  get fake() {
    return duel.discriminate(duel.fake, parameters);
  },
});
