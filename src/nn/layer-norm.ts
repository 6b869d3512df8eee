import { normaliseAxes } from "../engine/ir/type.ts";
import { add, mul } from "../engine/ops/index.ts";
import { inverseStd, moments, rescale } from "./_standardise.ts";
import { ones, zeros } from "./initialisers.ts";
import type { Layer } from "./module.ts";

export interface LayerNorm {
  /** What is normalised together: all but the batch axis when absent, [-1] in a transformer. */
  readonly axes?: readonly number[];
  /** Learnt gain and bias per element; true when absent. */
  readonly affine?: boolean;
  /** 1e-5 when absent. */
  readonly eps?: number;
}

/**
 * Layer normalisation of x [n,…]. Ba, Kiros, Hinton 2016, arXiv:1607.06450. For gain and bias per
 * channel, as critics with a gradient penalty often have them, use `groupNorm(1)`.
 *
 * Parameters `weight` (1) and `bias` (0) of the shape from the first to the last of `axes`.
 */
export const layerNorm =
  ({ axes, affine = true, eps = 1e-5 }: LayerNorm = {}): Layer =>
  (x, scope) => {
    const together = normaliseAxes(axes ?? [...x.shape.keys()].slice(1), x.shape.length);
    const { variance, ...centred } = moments(x, together);
    const y = rescale({ ...centred, inverse: inverseStd(variance, eps) });
    if (!affine) return y;
    const first = together[0] ?? 0;
    const shape = x.shape.slice(first).map((d, i) => (together.includes(first + i) ? d : 1));
    const scaled = mul(y, scope.parameter("weight", shape, ones));
    return add(scaled, scope.parameter("bias", shape, zeros));
  };
