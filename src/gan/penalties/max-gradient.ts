import { max, mul } from "../../engine/ops/index.ts";
import { notNegative } from "../advice.ts";
import { between, norm, slopeAt, squaredNorm } from "./_slope.ts";
import type { Penalty } from "./penalty.ts";

/**
 * weight · max ‖∇D(x̂)‖², over a batch of x̂, each uniform on the segment from a real to a generated
 * item: an estimate of k(f)², the squared Lipschitz constant, whose optimum needs no target slope.
 * Only the steepest item is pushed. The critic must not mix the items of a batch (no batch norm).
 * MaxGP of Lipschitz GANs: Zhou et al. 2019, arXiv:1902.05687. Cost: a second backward pass through
 * the critic.
 */
export const maxGradient: Penalty = ({ weight = 0.1 } = {}) => ({
  id: "max-gradient",
  apply(duel) {
    const slope = slopeAt(duel, between(duel));
    return {
      loss: mul(max(squaredNorm(slope)), weight),
      meaning: "squared steepest slope, weighted; settles where steeper no longer pays",
      unit: "squared slope",
      healthy: notNegative,
      readings: {
        "d.steepest": {
          value: max(norm(slope)),
          meaning: "largest gradient norm between data and fakes: f's Lipschitz constant",
          unit: "score per unit of an item",
          healthy: notNegative,
        },
      },
    };
  },
});
