import { abs, concat, exp, neg, reshape, sub, sum } from "../engine/ops/index.ts";
import { linear } from "./linear.ts";
import type { Layer } from "./module.ts";

export interface MinibatchDiscrimination {
  /** B: statistics added to each item; 100 when absent. */
  readonly kernels?: number;
  /** C: values of an item that a statistic compares; 5 when absent. */
  readonly dimensions?: number;
}

/**
 * Lets a discriminator see how alike the items of a batch are: features f32[n, …] → f32[n, A + B],
 * the A flattened features and
 *
 *   o(xᵢ)_b = Σⱼ exp(−‖M_{i,b} − M_{j,b}‖₁),  M = f·T [n, B, C],
 *
 * j over the whole batch, i itself with it as in the paper: each o is in [1, n]. A batch must be all
 * data or all fakes, and no score is its item's own: not for penalties on per-item gradients.
 * Salimans et al. 2016, arXiv:1606.03498, section 3.2. Cost: n²·B·C differences.
 *
 * Parameter `projection.weight` [B·C, A], that is Tᵀ.
 */
export const minibatchDiscrimination = ({
  kernels = 100,
  dimensions = 5,
}: MinibatchDiscrimination = {}): Layer => {
  const project = linear(kernels * dimensions, { bias: false });
  return (x, scope) => {
    const n = x.shape[0]!;
    const features = reshape(x, { shape: [n, -1] });
    const m = project(features, scope.child("projection"));
    const item = reshape(m, { shape: [n, 1, kernels, dimensions] });
    const other = reshape(m, { shape: [1, n, kernels, dimensions] });
    const distance = sum(abs(sub(item, other)), { axes: [3] });
    return concat([features, sum(exp(neg(distance)), { axes: [1] })], { axis: 1 });
  };
};
