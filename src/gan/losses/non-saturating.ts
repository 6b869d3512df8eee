import { add, mean, neg, softplus } from "../../engine/ops/index.ts";
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
  meaning: {
    discriminator: "surprise at telling real from fake; 1.39 = it cannot, near 0 = too easily",
    generator: "how unconvincing its fakes are; 0.69 = even odds, above 3 = it is losing",
  },
});
