import { add, mul } from "../../engine/ops/index.ts";
import { notNegative } from "../advice.ts";
import { flippedAndShifted } from "../augmentation/flip-shift.ts";
import type { Duel } from "../duel.ts";
import type { Term } from "../game.ts";
import { requireImages } from "../transforms/transform.ts";
import { type Consistency, drift } from "./consistency.ts";
import type { Penalty } from "./penalty.ts";

/**
 * bCR: weight · (E(D(x) − D(T(x)))² + E(D(G(z)) − D(T(G(z))))²), so that what a change leaves behind
 * does not tell data from fakes. Throws `ITEMS` for what is not images. Zhao, Singh, Lee, Zhang,
 * Odena, Zhang 2021, arXiv:2002.04724, section 3.1. Cost: two more passes of the discriminator.
 */
function term({ weight = 10, by = flippedAndShifted }: Consistency = {}): Term<Duel> {
  return {
    id: "balanced-consistency",
    apply(duel) {
      requireImages("balanced-consistency", duel.real);
      return {
        loss: mul(add(drift(duel, "real", by), drift(duel, "fake", by)), weight),
        meaning: "how far scores of both sides move when items are mirrored or shifted; falls",
        unit: "squared score",
        healthy: notNegative,
      };
    },
  };
}

export const balancedConsistency = Object.assign(term, {
  items: "image",
} as const) satisfies Penalty;
