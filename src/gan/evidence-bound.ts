import type { Tensor } from "../engine/ir/tensor.ts";
import { add, exp, mean, mul, reshape, slice, square, sub, sum } from "../engine/ops/index.ts";

export interface Gaussians {
  /** Of each item's code, f32[n, code]. */
  readonly mean: Tensor;
  readonly logVariance: Tensor;
}

/** The Gaussians that an encoder of 2·code outputs means: the first half are μ, the second ln σ². */
export function codeOf(outputs: Tensor): Gaussians {
  const [n, both] = outputs.shape as [number, number];
  const columns = (from: number, to: number) =>
    slice(outputs, { starts: [0, from], ends: [n, to] });
  return { mean: columns(0, both / 2), logVariance: columns(both / 2, both) };
}

/** ½·Σ(μ² + σ² − ln σ² − 1): KL(N(μ, σ²) ‖ N(0, 1)) of each item's code, in nats, f32[n]. */
export const divergenceFromNormal = ({ mean: centre, logVariance }: Gaussians): Tensor =>
  mul(sum(sub(add(square(centre), exp(logVariance)), add(logVariance, 1)), { axes: [1] }), 0.5);

/** μ + σ·noise: a code of each item, through which gradients reach μ and σ. */
export const reparameterised = ({ mean: centre, logVariance }: Gaussians, noise: Tensor): Tensor =>
  add(centre, mul(exp(mul(logVariance, 0.5)), noise));

/**
 * Minus the evidence lower bound in nats an item, up to a constant: E Σ(x − x̂)²/(2·deviation²) +
 * KL(q(z|x) ‖ N(0, 1)). Kingma, Welling 2014, arXiv:1312.6114, equation 10, with a Gaussian decoder of
 * fixed deviation.
 */
export function evidenceBound(
  items: Tensor,
  reconstructed: Tensor,
  code: Gaussians,
  deviation: number,
): { readonly loss: Tensor; readonly misfit: Tensor; readonly divergence: Tensor } {
  const errors = reshape(square(sub(items, reconstructed)), { shape: [items.shape[0]!, -1] });
  const misfit = mul(mean(sum(errors, { axes: [1] })), 0.5 / deviation ** 2);
  const divergence = mean(divergenceFromNormal(code));
  return { loss: add(misfit, divergence), misfit, divergence };
}
