import type { Tensor } from "../../engine/ir/tensor.ts";
import { add, mean, mul, square, sub } from "../../engine/ops/index.ts";
import { normals } from "../../nn/_normals.ts";
import { notNegative } from "../advice.ts";
import type { Duel } from "../duel.ts";
import type { Term } from "../game.ts";

export interface LatentConsistency {
  /** 20 for the discriminator, 0.5 for the generator, when absent. */
  readonly weight?: number;
  /** Standard deviation of what is added to a code; 0.05 when absent. */
  readonly radius?: number;
}

/** What the generator makes of codes beside those of this tick, one draw for both sides. */
export const nearby = (duel: Duel, radius = 0.05): Tensor =>
  duel.turn.once("nearby", () =>
    duel.generate(add(duel.codes, mul(normals(duel.turn, duel.codes.shape), radius))),
  );

/**
 * The discriminator's half of zCR: weight · E(D(G(z)) − D(G(z + Δ)))², Δ ~ N(0, radius²). The other
 * half is `latentDiversity`. Zhao et al. 2021, arXiv:2002.04724, section 3.2; with
 * `balancedConsistency` it is ICR. Cost: one more pass of both nets.
 */
export const latentConsistency = ({ weight = 20, radius }: LatentConsistency = {}): Term<Duel> => ({
  id: "latent-consistency",
  apply(duel) {
    const { logits, made, fake } = duel;
    // Nothing but the code may differ: an augmented fake's score would not do.
    const score = made === fake ? logits.fake : duel.discriminate(made);
    return {
      loss: mul(mean(square(sub(score, duel.discriminate(nearby(duel, radius))))), weight),
      meaning: "how far scores of fakes move with a small step of the code, weighted; falls",
      unit: "squared score",
      healthy: notNegative,
    };
  },
});
