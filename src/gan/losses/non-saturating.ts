import { add, mean, neg, softplus } from "../../engine/ops/index.ts";
import { discriminatorLoses, discriminatorWins, logits } from "../advice.ts";
import type { LogitLoss } from "./loss.ts";

/**
 * −E log D(x) − E log(1 − D(G(z))) against −E log D(G(z)), on logits: −log σ(l) = softplus(−l).
 * Goodfellow et al. 2014, arXiv:1406.2661, section 3. At the optimum D = ½: 2·log 2 ≈ 1.386 and
 * log 2 ≈ 0.693.
 */
export const nonSaturating = (): LogitLoss => ({
  id: "non-saturating",
  discriminator: ({ real, fake }) => add(mean(softplus(neg(real))), mean(softplus(fake))),
  generator: ({ fake }) => mean(softplus(neg(fake))),
  unit: "nats",
  scoreUnit: "logit",
  healthy: {
    discriminator: { low: 0.2, high: 1.6, below: discriminatorWins, above: discriminatorLoses },
    generator: { low: 0.2, high: 5, above: discriminatorWins, below: discriminatorLoses },
    score: logits,
  },
  meaning: {
    discriminator: "surprise at telling real from fake; 1.39 = it cannot, near 0 = too easily",
    generator: "how unconvincing its fakes are; 0.69 = even odds, above 3 = it is losing",
  },
});
