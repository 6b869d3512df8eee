import type { Tensor } from "../engine/ir/tensor.ts";
import { expand, reshape } from "../engine/ops/index.ts";
import { inverseStd, moments, rescale, type Standardised } from "./_standardise.ts";
import { ones, zeros } from "./initialisers.ts";
import type { Layer } from "./module.ts";

export interface GroupNorm {
  /** Learnt gain and bias per channel; true when absent. */
  readonly affine?: boolean;
  /** 1e-5 when absent. */
  readonly eps?: number;
}

/** x [n,c,…] → [n,c,s], by the statistics [n,c,1] of each item's `groups` groups of channels. */
export function groupStandardise(x: Tensor, groups: number, eps: number): Standardised {
  const [n = 1, channels = 1] = x.shape;
  const { centred, offset, variance } = moments(reshape(x, { shape: [n, groups, -1] }), [2]);
  // A group's number is repeated for its channels: gain and bias then fold into it at [n,c,1].
  const perChannel = (t: Tensor): Tensor =>
    reshape(expand(t, { shape: [n, groups, channels / groups] }), { shape: [n, channels, 1] });
  return {
    centred: reshape(centred, { shape: [n, channels, -1] }),
    offset: perChannel(offset),
    inverse: perChannel(inverseStd(variance, eps)),
  };
}

/**
 * Group normalisation of x [n,c,…]; `groups` divides c. Wu, He 2018, arXiv:1803.08494.
 *
 * Parameters `weight` [c] (1) and `bias` [c] (0) unless `affine` is false.
 */
export const groupNorm =
  (groups: number, { affine = true, eps = 1e-5 }: GroupNorm = {}): Layer =>
  (x, scope) => {
    const standard = groupStandardise(x, groups, eps);
    const channels = x.shape[1]!;
    const perChannel = (t: Tensor): Tensor => reshape(t, { shape: [1, channels, 1] });
    const y = affine
      ? rescale(
          standard,
          perChannel(scope.parameter("weight", [channels], ones)),
          perChannel(scope.parameter("bias", [channels], zeros)),
        )
      : rescale(standard);
    return reshape(y, { shape: x.shape });
  };
