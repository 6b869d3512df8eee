import { stopGradient } from "../engine/autodiff/grad.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import { type Shape, sizeOf } from "../engine/ir/type.ts";
import { add, mul, reshape, sub } from "../engine/ops/index.ts";
import { channelShape, inverseStd, moments, rescale, type Standardised } from "./_standardise.ts";
import { ones, zeros } from "./initialisers.ts";
import type { Layer } from "./module.ts";
import type { Scope } from "./trace.ts";

export type { Standardised };

export interface BatchStatistics {
  /** Share of the new batch in the running statistics; 0.1 when absent. */
  readonly momentum?: number;
  /** 1e-5 when absent. */
  readonly eps?: number;
}

/**
 * x by channel, [n,c,…]: in training by the batch's mean and biased variance, else by the running
 * ones. State `runningMean` and `runningVariance` [c]; the latter follows the unbiased variance.
 */
export function batchStandardise(
  x: Tensor,
  scope: Scope,
  { momentum = 0.1, eps = 1e-5 }: BatchStatistics,
): Standardised {
  const channels = x.shape[1]!;
  const shape = channelShape(channels, x.shape.length);
  const runningMean = scope.state("runningMean", [channels], zeros);
  const runningVariance = scope.state("runningVariance", [channels], ones);
  if (!scope.training) {
    const variance = reshape(runningVariance.read(), { shape });
    const offset = reshape(runningMean.read(), { shape });
    return { centred: x, offset, inverse: inverseStd(variance, eps) };
  }
  const batch = moments(x, axesButChannel(x.shape));
  const count = sizeOf(x.shape) / channels;
  const unbiased = mul(batch.variance, count / Math.max(1, count - 1));
  const follow = (old: Tensor, next: Tensor): Tensor =>
    add(old, mul(sub(stopGradient(reshape(next, { shape: [channels] })), old), momentum));
  runningMean.write(follow(runningMean.read(), batch.mean));
  runningVariance.write(follow(runningVariance.read(), unbiased));
  return { ...batch, inverse: inverseStd(batch.variance, eps) };
}

const axesButChannel = (shape: Shape): number[] => [...shape.keys()].filter((i) => i !== 1);

/**
 * Batch normalisation of x [n,c] or [n,c,…], PyTorch's semantics. Ioffe, Szegedy 2015,
 * arXiv:1502.03167, algorithms 1 and 2.
 *
 * Parameters `weight` [c] (1) and `bias` [c] (0) unless `affine` is false.
 */
export const batchNorm =
  ({ affine = true, ...statistics }: BatchStatistics & { readonly affine?: boolean } = {}): Layer =>
  (x, scope) => {
    const standard = batchStandardise(x, scope, statistics);
    if (!affine) return rescale(standard);
    const channels = x.shape[1]!;
    const shape = channelShape(channels, x.shape.length);
    const gain = reshape(scope.parameter("weight", [channels], ones), { shape });
    const bias = reshape(scope.parameter("bias", [channels], zeros), { shape });
    return rescale(standard, gain, bias);
  };
