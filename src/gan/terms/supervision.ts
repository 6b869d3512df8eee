import type { Tensor } from "../../engine/ir/tensor.ts";
import { argMax, cast, equal, mean, mul } from "../../engine/ops/index.ts";
import { notNegative } from "../advice.ts";
import type { Duel } from "../duel.ts";
import type { Term } from "../game.ts";
import { surprise } from "../surprise.ts";

export interface Supervision {
  /** Class logits f32[n, K] of items, by the player's own modules as they are now. */
  readonly classify: (duel: Duel, items: Tensor) => Tensor;
  /** The data's fields of labelled items, and of their classes i32[n]. */
  readonly items: string;
  readonly label: string;
  /** 1 when absent. */
  readonly weight?: number;
}

/**
 * weight · −E log p(y|x), the cross-entropy of class logits on the labelled items of the batch. For a
 * discriminator with K + 1 classes it is −E log p(y|x, y ≤ K). Salimans et al. 2016, arXiv:1606.03498,
 * section 5.
 */
export const supervision = ({ classify, items, label, weight = 1 }: Supervision): Term<Duel> => ({
  id: "supervision",
  apply(duel) {
    const { batch } = duel.turn;
    const logits = classify(duel, batch[items]!);
    const truth = batch[label]!;
    const right = equal(argMax(logits, { axis: 1 }), truth);
    return {
      loss: mul(surprise(logits, truth), weight),
      meaning: "surprise at the labels; 2.30 = none of ten classes is known, 0 = all are",
      unit: "nats",
      healthy: notNegative,
      readings: {
        "d.right": {
          value: mean(cast(right, { to: "f32" })),
          meaning: "share of labelled items that it classifies rightly",
          unit: "share",
          healthy: { low: 0, high: 1 },
        },
      },
    };
  },
});
