import { add, mean, mul, square, sub } from "../../engine/ops/index.ts";
import { discriminatorLoses, discriminatorWins } from "../advice.ts";
import type { LogitLoss } from "./loss.ts";

/**
 * ½E(D(x) − 1)² + ½E D(G(z))² against ½E(D(G(z)) − 1)²: the labels 0 and 1 by regression, so that a
 * fake far on the right side is still pulled to the data. Mao et al. 2017, arXiv:1611.04076, eq. 9.
 */
export const leastSquares = (): LogitLoss => ({
  id: "least-squares",
  discriminator: ({ real, fake }) => mul(add(mean(square(sub(real, 1))), mean(square(fake))), 0.5),
  generator: ({ fake }) => mul(mean(square(sub(fake, 1))), 0.5),
  unit: "squared score",
  scoreUnit: "score",
  healthy: {
    discriminator: { low: 0.01, high: 0.35, below: discriminatorWins, above: discriminatorLoses },
    generator: { low: 0.02, high: 0.6, above: discriminatorWins, below: discriminatorLoses },
  },
  meaning: {
    discriminator: "squared error of the labels 1 and 0; 0.25 = it cannot tell, 0 = it always can",
    generator:
      "squared distance of its fakes' scores from 1; 0.125 = even odds, 0.5 = it is losing",
  },
});
