import { abs, concat, exp, mul, reshape, sub, sum } from "../engine/ops/index.ts";
import { linear } from "./linear.ts";
import type { Layer } from "./module.ts";

export interface MinibatchDiscrimination {
  /** B: statistics added to each item; 100 when absent. */
  readonly kernels?: number;
  /** C: values of an item that a statistic compares; 5 when absent. */
  readonly dimensions?: number;
  /**
   * What distances are multiplied by; 1 when absent. Features in which other items are nearer than about
   * 1 are as good as equal, and give o no gradient: the paper's code sets this from a first batch.
   */
  readonly sharpness?: number;
  /**
   * What o is where a batch is one item repeated; n, the paper's sum, when absent. That is many times a
   * feature, and rules the score before the features have learnt anything.
   */
  readonly height?: number;
}

/**
 * Lets a discriminator see how alike the items of a batch are: features f32[n, …] → f32[n, A + B],
 * the A flattened features and
 *
 *   o(xᵢ)_b = Σⱼ exp(−‖M_{i,b} − M_{j,b}‖₁),  M = f·T [n, B, C],
 *
 * j over the whole batch, i itself with it as in the paper: each o is in [1, n]. With a sharpness s and
 * a height h it is h/n · Σⱼ exp(−s·‖…‖₁). A batch must be all data or all fakes, and no score is its
 * item's own: not for penalties on per-item gradients.
 * Salimans et al. 2016, arXiv:1606.03498, section 3.2. Cost: n²·B·C differences.
 *
 * Parameter `projection.weight` [B·C, A], that is Tᵀ.
 */
export const minibatchDiscrimination = ({
  kernels = 100,
  dimensions = 5,
  sharpness = 1,
  height,
}: MinibatchDiscrimination = {}): Layer => {
  const project = linear(kernels * dimensions, { bias: false });
  return (x, scope) => {
    const n = x.shape[0]!;
    const features = reshape(x, { shape: [n, -1] });
    const m = project(features, scope.child("projection"));
    const item = reshape(m, { shape: [n, 1, kernels, dimensions] });
    const other = reshape(m, { shape: [1, n, kernels, dimensions] });
    const distance = sum(abs(sub(item, other)), { axes: [3] });
    const total = sum(exp(mul(distance, -sharpness)), { axes: [1] });
    const likeness = height === undefined ? total : mul(total, height / n);
    return concat([features, likeness], { axis: 1 });
  };
};
