import { mean, mul, square, sub } from "../../engine/ops/index.ts";
import { notNegative, unitSlope } from "../advice.ts";
import { between, norm, slopeAt } from "./_slope.ts";
import type { Penalty } from "./penalty.ts";

/**
 * weight · E(‖∇D(x̂)‖₂ − 1)², x̂ uniform on the segment from a real to a generated item. The critic
 * must not mix the items of a batch (no batch norm). Gulrajani et al. 2017, arXiv:1704.00028, eq. 3.
 * Cost: a second backward pass through the critic.
 */
export const gradientPenalty: Penalty = ({ weight = 10 } = {}) => ({
  id: "gradient-penalty",
  apply(duel) {
    const length = norm(slopeAt(duel, between(duel)));
    return {
      loss: mul(mean(square(sub(length, 1))), weight),
      meaning: "how far the critic's slope is from 1; falls below 1 and stays there",
      unit: "squared slope error",
      healthy: notNegative,
      readings: {
        "d.slope": {
          value: mean(length),
          meaning: "mean gradient norm between data and fakes; 1 is right",
          unit: "score per unit of an item",
          healthy: unitSlope,
        },
      },
    };
  },
});
