import { stopGradient } from "../../engine/autodiff/stop-gradient.ts";
import { abs, add, clip, mean, mul, neg, sub } from "../../engine/ops/index.ts";
import { zeros } from "../../nn/initialisers.ts";
import { notNegative } from "../advice.ts";
import type { Duel } from "../duel.ts";
import type { Term } from "../game.ts";
import type { LogitLoss } from "../losses/loss.ts";

/**
 * E L(x) against E L(G(z)), L = −score being how badly the discriminator reconstructs an item: it
 * learns data, and the generator what it knows. The other half of its task is `equilibrium`. Berthelot,
 * Schumm, Metz 2017, arXiv:1703.10717, section 3.3.
 */
export const reconstruction = (): LogitLoss => ({
  id: "reconstruction",
  discriminator: ({ real }) => neg(mean(real)),
  generator: ({ fake }) => neg(mean(fake)),
  unit: "mean absolute error",
  scoreUnit: "minus an error",
  healthy: { discriminator: notNegative, generator: notNegative, score: { high: 0 } },
  meaning: {
    discriminator: "mean error with which it reconstructs data; falls",
    generator: "mean error with which its fakes are reconstructed; nears diversity × that of data",
  },
});

export interface Equilibrium {
  /** γ: error on fakes as a share of that on data, in [0, 1]; lower is sharper and less varied. */
  readonly diversity?: number;
  /** λₖ: how fast the balance follows. */
  readonly gain?: number;
}

/**
 * −k·E L(G(z)) for the discriminator: the better its fakes, the more it is asked to reconstruct them
 * badly. k ← clip(k + gain·(γ·E L(x) − E L(G(z))), 0, 1), from 0. Reads M = E L(x) + |γ·E L(x) −
 * E L(G(z))|, which falls as the game converges. Berthelot et al. 2017, sections 3.3 and 3.4.
 */
export const equilibrium = ({ diversity = 0.5, gain = 1e-3 }: Equilibrium = {}): Term<Duel> => ({
  id: "equilibrium",
  state: () => ({ balance: { shape: [], init: zeros } }),
  apply({ logits }, { balance }) {
    const [data, fakes] = [neg(mean(logits.real)), neg(mean(logits.fake))];
    const short = stopGradient(sub(mul(data, diversity), fakes));
    return {
      loss: neg(mul(balance!, fakes)),
      meaning: "minus the weighted error on fakes that the discriminator is to raise",
      unit: "mean absolute error",
      healthy: { high: 0 },
      readings: {
        "d.balance": {
          value: balance!,
          meaning: "weight of fakes in its task; settles within 0-1",
          unit: "weight",
          healthy: { low: 0, high: 1 },
        },
        "d.convergence": {
          value: stopGradient(add(data, abs(short))),
          meaning: "error on data plus how far the game is off balance; falls as it converges",
          unit: "mean absolute error",
          healthy: notNegative,
        },
      },
      state: { balance: clip(add(balance!, mul(short, gain)), { min: 0, max: 1 }) },
    };
  },
});
