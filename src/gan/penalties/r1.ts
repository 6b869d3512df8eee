import { mean } from "../../engine/ops/index.ts";
import type { Scheduled } from "../../nn/schedule.ts";
import { notNegative } from "../advice.ts";
import type { Duel } from "../duel.ts";
import type { Term } from "../game.ts";
import { norm, slopeAt, squaredNorm } from "./_slope.ts";
import { weighted } from "./_weighted.ts";

export interface ZeroCentred {
  /** γ/2 of the paper; 5 when absent, its γ = 10. */
  readonly weight?: Scheduled;
}

/**
 * weight · E‖∇D(x)‖² at data: with it the game converges where data and fakes agree, even for data
 * on a manifold. The discriminator must not mix the items of a batch (no batch norm). Mescheder,
 * Geiger, Nowozin 2018, arXiv:1801.04406, equation 9. Cost: a second backward pass.
 */
export const r1 = ({ weight = 5 }: ZeroCentred = {}): Term<Duel> => ({
  id: "r1",
  apply(duel) {
    const slope = slopeAt(duel, duel.real);
    return {
      loss: weighted(mean(squaredNorm(slope)), weight, { turn: duel.turn, name: "d.r1.weight" }),
      meaning: "squared slope of the score at data, weighted; falls towards 0 as fakes near data",
      unit: "squared slope",
      healthy: notNegative,
      readings: {
        "d.slope.real": {
          value: mean(norm(slope)),
          meaning: "mean gradient norm at data; 0 where the discriminator has nothing to say",
          unit: "score per unit of an item",
          healthy: notNegative,
        },
      },
    };
  },
});
