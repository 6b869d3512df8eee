import { mean, neg, sub } from "../../engine/ops/index.ts";
import { criticBlind } from "../advice.ts";
import type { LogitLoss } from "./loss.ts";

/**
 * E f(G(z)) − E f(x) against −E f(G(z)), f being 1-Lipschitz by other means (clipping, penalty,
 * spectral norm). Arjovsky et al. 2017, arXiv:1701.07875, equation 2.
 */
export const wasserstein = (): LogitLoss => ({
  id: "wasserstein",
  discriminator: ({ real, fake }) => sub(mean(fake), mean(real)),
  generator: ({ fake }) => neg(mean(fake)),
  unit: "score",
  scoreUnit: "score",
  healthy: { discriminator: { high: 0, above: criticBlind } },
  meaning: {
    discriminator: "minus the estimated distance of fakes from data; rises towards 0 as they near",
    generator: "minus the critic's score of fakes; only its trend has meaning",
  },
});
