import type { Tensor } from "../../engine/ir/tensor.ts";
import { add, exp, mean, neg, softplus, sqrt, square } from "../../engine/ops/index.ts";
import { criticBlind } from "../advice.ts";
import type { LogitLoss } from "./loss.ts";

/** Increasing convex φ; strictly convex, all but the identity, and then the optimal f is unique. */
export const convex = {
  identity: (x: Tensor): Tensor => x,
  exp: (x: Tensor): Tensor => exp(x),
  softplus: (x: Tensor): Tensor => softplus(x),
  /** x + √(x² + 1) */
  root: (x: Tensor): Tensor => add(x, sqrt(add(square(x), 1))),
} as const;

/** φ(0). */
const level = { identity: 0, exp: 1, softplus: Math.LN2, root: 1 } as const;

export type ConvexId = keyof typeof convex;
export const convexIds = Object.keys(convex) as [ConvexId];

/**
 * E φ(f(G(z))) + E φ(−f(x)) against −E f(G(z)), f being held by a penalty on its Lipschitz constant
 * (`maxGradient`). With φ(x) = x it is the Wasserstein loss. Lipschitz GANs: Zhou et al. 2019,
 * arXiv:1902.05687; of the generator's objectives that it allows, the plainest, ψ(x) = −x.
 */
export const lipschitz = ({ phi = "softplus" }: { phi?: ConvexId } = {}): LogitLoss => {
  const rise = convex[phi];
  return {
    id: "lipschitz",
    discriminator: ({ real, fake }) => add(mean(rise(fake)), mean(rise(neg(real)))),
    generator: ({ fake }) => neg(mean(fake)),
    unit: "score",
    scoreUnit: "score",
    healthy: { discriminator: { high: 2 * level[phi], above: criticBlind } },
    meaning: {
      discriminator: `how ill f parts data from fakes, by ${phi}; below 2·φ(0) = it parts them`,
      generator: "minus the score of its fakes; near 0 = they score as high as they can",
    },
  };
};
