import { add, mul, square, sum } from "../../engine/ops/index.ts";
import { notNegative } from "../advice.ts";
import type { Penalty } from "./penalty.ts";

/**
 * weight · Σ‖W‖², over the discriminator's weights: no biases, gains or embeddings' offsets, i.e. the
 * parameters called `weight`. Kurach et al. 2019, arXiv:1807.04720, section 2.2. Cost: next to nothing.
 */
export const l2: Penalty = ({ weight = 1e-3 } = {}) => ({
  id: "l2",
  apply({ parameters }) {
    const weights = Object.entries(parameters.discriminator).filter(([name]) =>
      /(^|\.)weight$/.test(name),
    );
    const total = weights.map(([, w]) => sum(square(w))).reduce((a, b) => add(a, b));
    return {
      loss: mul(total, weight),
      meaning: "size of the discriminator's weights; steady = loss and penalty balance",
      unit: "squared weight",
      healthy: notNegative,
    };
  },
});
