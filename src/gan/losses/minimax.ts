import { mean, neg, softplus } from "../../engine/ops/index.ts";
import { discriminatorLoses, discriminatorWins } from "../advice.ts";
import type { LogitLoss } from "./loss.ts";
import { nonSaturating } from "./non-saturating.ts";

/**
 * The zero-sum game: the generator minimises E log(1 − D(G(z))) = −E softplus(l). Its gradient
 * vanishes where the discriminator wins. Goodfellow et al. 2014, arXiv:1406.2661, equation 1.
 */
export const minimax = (): LogitLoss => ({
  ...nonSaturating(),
  id: "minimax",
  generator: ({ fake }) => neg(mean(softplus(fake))),
  unit: "nats",
  scoreUnit: "logit",
  healthy: {
    ...nonSaturating().healthy,
    generator: { low: -4, high: -0.05, below: discriminatorLoses, above: discriminatorWins },
  },
  meaning: {
    ...nonSaturating().meaning,
    generator: "log-odds it leaves the discriminator; −0.69 = even odds, near 0 = it is losing",
  },
});
