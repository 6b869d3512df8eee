import { mul, reshape, rsqrt, square, sum } from "../engine/ops/index.ts";
import { constant } from "./initialisers.ts";
import type { WeightTransform } from "./weight.ts";

export interface WeightNorm {
  /** Length of the weights of each output at first; 1 when absent. */
  readonly length?: number;
  /** Whether that length is learnt; true when absent. If not, what a layer says stays in scale. */
  readonly learnt?: boolean;
}

/**
 * Weight normalisation: w = g·v/‖v‖ per output, v being what is learnt. Salimans, Kingma 2016,
 * arXiv:1602.07868, equation 2; without the first values from data of its section 3.
 *
 * Parameter `length` [out], that is g, where it is learnt.
 */
export const weightNorm =
  ({ length = 1, learnt = true }: WeightNorm = {}): WeightTransform =>
  (weight, scope, { outAxis }) => {
    const axes = [...weight.shape.keys()].filter((axis) => axis !== outAxis);
    const inverse = rsqrt(sum(square(weight), { axes, keep: true }));
    const out = weight.shape[outAxis]!;
    const shape = weight.shape.map((_, axis) => (axis === outAxis ? out : 1));
    const wanted = learnt
      ? reshape(scope.parameter("length", [out], constant(length)), { shape })
      : length;
    return mul(weight, mul(inverse, wanted));
  };
