import type { Tensor } from "../engine/ir/tensor.ts";
import type { Shape } from "../engine/ir/type.ts";

/** How weights of attention [n, ∏from, ∏to] lie on maps: each place of `from` looks at those of `to`. */
export interface Attended {
  readonly from: Shape;
  readonly to: Shape;
}

const known = new WeakMap<Tensor, Attended>();

/** Says of a tensor that it is attention, so that whoever looks into a net finds it. */
export function attends(weights: Tensor, attended: Attended): Tensor {
  known.set(weights, attended);
  return weights;
}

/** What `attends` said of a tensor of a trace; the passes' rewritten ones are others. */
export const attendedOf = (weights: Tensor): Attended | undefined => known.get(weights);
