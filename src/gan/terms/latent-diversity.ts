import { mean, mul, square, sub } from "../../engine/ops/index.ts";
import type { Duel } from "../duel.ts";
import type { Term } from "../game.ts";
import { type LatentConsistency, nearby } from "../penalties/latent-consistency.ts";

/**
 * The generator's half of zCR: −weight · E(G(z) − G(z + Δ))², a mean over an item's values: near codes
 * are to give different items, which the discriminator is kept from punishing by `latentConsistency`.
 * Zhao, Singh, Lee, Zhang, Odena, Zhang 2021, arXiv:2002.04724, section 3.2.
 */
export const latentDiversity = ({ weight = 0.5, radius }: LatentConsistency = {}): Term<Duel> => ({
  id: "latent-diversity",
  apply: (duel) => ({
    loss: mul(mean(square(sub(duel.made, nearby(duel, radius)))), -weight),
    meaning: "minus how far items of near codes are apart, weighted; 0 = they are one item",
    unit: "squared value",
    healthy: { high: 0 },
  }),
});
