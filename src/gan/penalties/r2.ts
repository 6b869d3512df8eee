import { stopGradient } from "../../engine/autodiff/stop-gradient.ts";
import { mean } from "../../engine/ops/index.ts";
import { notNegative } from "../advice.ts";
import type { Duel } from "../duel.ts";
import type { Term } from "../game.ts";
import { norm, slopeAt, squaredNorm } from "./_slope.ts";
import { weighted } from "./_weighted.ts";
import type { ZeroCentred } from "./r1.ts";

/**
 * weight · E‖∇D(G(z))‖² at generated items: R1's mirror image, which holds the discriminator also
 * where data and fakes are apart. The discriminator must not mix the items of a batch (no batch
 * norm). Mescheder, Geiger, Nowozin 2018, arXiv:1801.04406, equation 10. Cost: a second backward pass.
 */
export const r2 = ({ weight = 5 }: ZeroCentred = {}): Term<Duel> => ({
  id: "r2",
  apply(duel) {
    const slope = slopeAt(duel, stopGradient(duel.fake));
    return {
      loss: weighted(mean(squaredNorm(slope)), weight, { turn: duel.turn, name: "d.r2.weight" }),
      meaning: "squared slope of the score at fakes, weighted; falls towards 0 as fakes near data",
      unit: "squared slope",
      healthy: notNegative,
      readings: {
        "d.slope.fake": {
          value: mean(norm(slope)),
          meaning: "mean gradient norm at fakes: how hard the discriminator can push them",
          unit: "score per unit of an item",
          healthy: notNegative,
        },
      },
    };
  },
});
