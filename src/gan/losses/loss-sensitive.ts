import type { Tensor } from "../../engine/ir/tensor.ts";
import { abs, add, leakyRelu, mean, mul, neg, reshape, sub } from "../../engine/ops/index.ts";
import { notNegative } from "../advice.ts";
import type { AdversarialLoss } from "./loss.ts";

export interface LossSensitive {
  /** Factor of the margin between two items; 1 when absent. */
  readonly margin?: number;
  /** Share of a kept margin that still counts: 0 is LS-GAN (when absent), 1 a Wasserstein critic. */
  readonly slope?: number;
}

/**
 * E C(margin·Δ(x, G(z)) + L(x) − L(G(z))) against E L(G(z)): data must have a lower loss L = −logit
 * than the fake beside them by as much as the two items differ, Δ being their mean absolute
 * difference; a fake that is near is left alone. C(a) = max(a, slope·a). Qi 2017, arXiv:1701.06264,
 * the generalised form of its section on GLS-GAN; the term E L(x) of equation 6 is inside it only in
 * the limit of a large λ, without which L has no lower bound.
 */
export const lossSensitive = ({ margin = 1, slope = 0 }: LossSensitive = {}): AdversarialLoss => ({
  id: "loss-sensitive",
  discriminator: ({ real, fake }, items) => {
    const short = add(mul(distance(items.real, items.fake), margin), sub(fake, real));
    return mean(leakyRelu(short, { alpha: slope }));
  },
  generator: ({ fake }) => neg(mean(fake)),
  unit: "score",
  scoreUnit: "score",
  healthy: { discriminator: notNegative },
  meaning: {
    discriminator: "by how much its scores fall short of the margin; 0 = it keeps every margin",
    generator: "minus the score of its fakes; only its trend has meaning",
  },
});

/** Mean absolute difference of each pair of items, f32[n]. */
function distance(x: Tensor, y: Tensor): Tensor {
  const flat = reshape(abs(sub(x, y)), { shape: [x.shape[0]!, -1] });
  return mean(flat, { axes: [1] });
}
