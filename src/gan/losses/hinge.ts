import { add, mean, neg, relu, sub } from "../../engine/ops/index.ts";
import { discriminatorLoses, discriminatorWins } from "../advice.ts";
import type { LogitLoss } from "./loss.ts";

/**
 * E max(0, 1 − D(x)) + E max(0, 1 + D(G(z))) against −E D(G(z)).
 * Lim & Ye 2017, arXiv:1705.02894; Miyato et al. 2018, arXiv:1802.05957, equation 17.
 */
export const hinge = (): LogitLoss => ({
  id: "hinge",
  discriminator: ({ real, fake }) => add(mean(relu(sub(1, real))), mean(relu(add(1, fake)))),
  generator: ({ fake }) => neg(mean(fake)),
  unit: "score",
  scoreUnit: "score",
  healthy: {
    discriminator: { low: 0.1, high: 2.2, below: discriminatorWins, above: discriminatorLoses },
    generator: { low: -3, high: 5, above: discriminatorWins },
  },
  meaning: {
    discriminator: "margin violations; 2 = it cannot tell real from fake, 0 = it always can",
    generator: "minus the score of its fakes; below 1 in size = it keeps up",
  },
});
