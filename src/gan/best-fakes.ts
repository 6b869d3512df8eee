import { GanymedeError } from "../core/errors.ts";
import { stopGradient } from "../engine/autodiff/stop-gradient.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import {
  add,
  cast,
  div,
  floor,
  gather,
  greaterEqual,
  maximum,
  mul,
  reshape,
  sub,
  sum,
  topK,
} from "../engine/ops/index.ts";
import type { Schedule, Scheduled } from "../nn/schedule.ts";
import { type AdversarialLoss, laidOver } from "./losses/loss.ts";

export interface Narrowing {
  /** γ: what the share is multiplied by each time; 0.99 when absent. */
  readonly factor?: number;
  /** ν: the least share; 0.5 when absent. */
  readonly least?: number;
  /** Ticks from one time to the next: an epoch of the data. */
  readonly every: number;
}

/** 1, γ, γ², … down to ν, a step each time. Sinha et al. 2020, section 4. */
export const narrowing =
  ({ factor = 0.99, least = 0.5, every }: Narrowing): Schedule =>
  ({ step }) =>
    Math.max(least, factor ** Math.floor(step / every));

/** Scores f32[n] whose gradient is that of the mean over the best `share` of them, in (0, 1]. */
export function bestOnly(scores: Tensor, share: Tensor): Tensor {
  const n = scores.shape[0]!;
  const held = stopGradient(scores);
  const count = maximum(floor(mul(share, n)), 1);
  const last = cast(reshape(sub(count, 1), { shape: [1] }), { to: "i32" });
  const least = gather(topK(held, { k: n }).values, last, { axis: 0 });
  const chosen = cast(greaterEqual(held, least), { to: "f32" });
  const weights = mul(chosen, div(n, sum(chosen)));
  return add(held, mul(sub(scores, held), weights));
}

/**
 * `loss`, whose generator learns from the fakes of the highest scores only: the others' gradients lead
 * away from the data. The loss must be a mean over items; what is reported stays the mean over all.
 * Throws `GAME` for a discriminator that does not give an item one score. Sinha, Zhao, Goyal, Raffel,
 * Odena 2020, arXiv:2002.06224.
 *
 * @param share of the batch, in (0, 1]; most often `narrowing`
 */
export const onBestFakes = (loss: AdversarialLoss, share: Scheduled): AdversarialLoss =>
  laidOver(loss, (of) => (logits, duel) => {
    const asked = duel.turn.scalar("g.best", share);
    return of.generator(
      {
        get real() {
          return logits.real;
        },
        get fake() {
          return bestOnly(oneScoreEach(logits.fake), asked);
        },
      },
      duel,
    );
  });

function oneScoreEach(scores: Tensor): Tensor {
  if (scores.shape.length === 1) return scores;
  throw new GanymedeError("GAME", {
    where: "the best fakes",
    expected: "a discriminator that gives each item one score",
    got: `scores [${scores.shape}]`,
    fix: "choose another conditioning, or learn from all fakes",
  });
}
