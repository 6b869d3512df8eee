import { mean, softplus, sub } from "../../engine/ops/index.ts";
import { discriminatorLoses, discriminatorWins } from "../advice.ts";
import type { LogitLoss } from "./loss.ts";

/**
 * E softplus(−(D(x) − D(G(z)))) against the same with the sides changed: each fake is judged beside
 * one real of the batch, so D has no level of its own and the generator's gradient needs data too.
 * Jolicoeur-Martineau 2018, arXiv:1807.00734, section 4.1 (RSGAN); Huang et al. 2024,
 * arXiv:2501.05441, equation 2. Both sides are log 2 ≈ 0.693 where fakes score as data do.
 */
export const relativistic = (): LogitLoss => ({
  id: "relativistic",
  discriminator: ({ real, fake }) => mean(softplus(sub(fake, real))),
  generator: ({ real, fake }) => mean(softplus(sub(real, fake))),
  unit: "nats",
  scoreUnit: "logit",
  healthy: {
    discriminator: { low: 0.05, high: 1.2, below: discriminatorWins, above: discriminatorLoses },
    generator: { low: 0.3, high: 5, above: discriminatorWins },
  },
  meaning: {
    discriminator: "surprise when a fake outscores its real; 0.69 = even odds, near 0 = never",
    generator: "surprise when a real outscores its fake; 0.69 = even odds, above 3 = it is losing",
  },
});
