import { mean, mul, square } from "../../engine/ops/index.ts";
import { notNegative } from "../advice.ts";
import type { Duel } from "../duel.ts";
import type { Term } from "../game.ts";

/**
 * weight · E D(x)² of data, for the discriminator: a Wasserstein critic, of which only differences count,
 * stays near 0. Karras, Aila, Laine, Lehtinen 2018, arXiv:1710.10196, appendix A.1.
 */
export const drift = ({ weight = 1e-3 }: { readonly weight?: number } = {}): Term<Duel> => ({
  id: "drift",
  apply: ({ logits }) => ({
    loss: mul(mean(square(logits.real)), weight),
    meaning: "mean squared score of data, weighted; small = scores stay near 0",
    unit: "squared score",
    healthy: notNegative,
  }),
});
