import type { Tensor } from "../../engine/ir/tensor.ts";
import { mean, mul, square, sub } from "../../engine/ops/index.ts";
import { notNegative } from "../advice.ts";
import { flippedAndShifted } from "../augmentation/flip-shift.ts";
import type { Duel } from "../duel.ts";
import type { Term } from "../game.ts";
import { requireImages, type Transform } from "../transforms/transform.ts";
import type { Penalty } from "./penalty.ts";

export interface Consistency {
  /** λ; 10 when absent. */
  readonly weight?: number;
  /** What a score is to stay under; mirror images and shifts when absent, the best of the paper. */
  readonly by?: Transform;
}

/** E(D(x) − D(T(x)))² of one side, whose scores are known. */
export function drift(duel: Duel, side: "real" | "fake", by: Transform): Tensor {
  const moved = duel.discriminate(by(duel[side], duel.turn));
  return mean(square(sub(duel.logits[side], moved)));
}

/**
 * CR: weight · E(D(x) − D(T(x)))² over data x: what does not change a picture must not change its
 * score. Throws `ITEMS` for what is not images. Zhang, Zhang, Odena, Lee 2020, arXiv:1910.12027,
 * equation 2. Cost: one more pass of the discriminator.
 */
function term({ weight = 10, by = flippedAndShifted }: Consistency = {}): Term<Duel> {
  return {
    id: "consistency",
    apply(duel) {
      requireImages("consistency", duel.real);
      return {
        loss: mul(drift(duel, "real", by), weight),
        meaning: "how far scores of data move when these are mirrored or shifted, weighted; falls",
        unit: "squared score",
        healthy: notNegative,
      };
    },
  };
}

export const consistency = Object.assign(term, { items: "image" } as const) satisfies Penalty;
