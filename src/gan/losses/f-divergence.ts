import type { Tensor } from "../../engine/ir/tensor.ts";
import { add, exp, mean, mul, neg, softplus, square, sub } from "../../engine/ops/index.ts";
import { criticBlind } from "../advice.ts";
import type { LogitLoss } from "./loss.ts";

/** A divergence by its variational form: T = g(v) of a logit v, and the conjugate f* at that T. */
interface Divergence {
  readonly activation: (v: Tensor) => Tensor;
  /** f*(g(v)), simplified, so that nothing overflows that the loss itself does not. */
  readonly conjugate: (v: Tensor) => Tensor;
}

/**
 * Nowozin et al., table 6. Exponential where it says exp: KL and Hellinger on fakes, reverse KL and
 * Hellinger on data; finite in float32 up to logits of 88 in size. The others grow no faster than v².
 */
export const divergences = {
  // g = v, f* = e^(t − 1)
  kl: { activation: (v) => v, conjugate: (v) => exp(sub(v, 1)) },
  // g = −e^(−v), f* = −1 − ln(−t)
  "reverse-kl": { activation: (v) => neg(exp(neg(v))), conjugate: (v) => sub(v, 1) },
  // g = v, f* = t²/4 + t
  pearson: { activation: (v) => v, conjugate: (v) => add(mul(square(v), 0.25), v) },
  // g = 1 − e^(−v), f* = t/(1 − t)
  hellinger: { activation: (v) => sub(1, exp(neg(v))), conjugate: (v) => sub(exp(v), 1) },
  // g = ln 2 − ln(1 + e^(−v)), f* = −ln(2 − e^t)
  "jensen-shannon": {
    activation: (v) => sub(Math.LN2, softplus(neg(v))),
    conjugate: (v) => sub(softplus(v), Math.LN2),
  },
} satisfies Record<string, Divergence>;

export type DivergenceId = keyof typeof divergences;

export const divergenceIds = Object.keys(divergences) as [DivergenceId, ...DivergenceId[]];

export interface FDivergence {
  /** "hellinger" when absent: of those that are not the GAN's own, the one that trains most steadily. */
  readonly divergence?: DivergenceId;
}

/**
 * Minus the variational bound of D_f(data ‖ fakes), −E g(V(x)) + E f*(g(V(G(z)))), against
 * −E g(V(G(z))), the generator's objective of section 3.2, which keeps its slope where it is losing.
 * Nowozin, Cseke, Tomioka 2016, arXiv:1606.00709, equations 7 and 8, table 6. At its best, minus the
 * discriminator's loss is the divergence itself, in nats for the two KLs.
 */
export function fDivergence({ divergence = "hellinger" }: FDivergence = {}): LogitLoss {
  const { activation, conjugate } = divergences[divergence];
  return {
    id: "f-divergence",
    discriminator: ({ real, fake }) => sub(mean(conjugate(fake)), mean(activation(real))),
    generator: ({ fake }) => neg(mean(activation(fake))),
    unit: "nats",
    scoreUnit: "score",
    healthy: { discriminator: { high: 0, above: criticBlind } },
    meaning: {
      discriminator: `minus the ${divergence} divergence that it sees; 0 = fakes look like data`,
      generator: "minus the witness of its fakes; only its trend has meaning",
    },
  };
}
