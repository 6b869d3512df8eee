import type { Tensor } from "../engine/ir/tensor.ts";
import type { Shape } from "../engine/ir/type.ts";
import { mul, step, sub } from "../engine/ops/index.ts";
import type { Layer } from "./module.ts";
import type { Scope } from "./trace.ts";

/** Zeroes with probability `p` where `mask` has an element, and scales the rest by 1/(1 − p). */
function drop(x: Tensor, scope: Scope, { p, mask }: { p: number; mask: Shape }): Tensor {
  if (!scope.training || p === 0) return x;
  const kept = step(sub(1 - p, scope.uniform(mask)));
  return mul(x, mul(kept, 1 / (1 - p)));
}

/**
 * Dropout: in training each element is 0 with probability `p` in [0, 1), else x/(1 − p). Srivastava,
 * Hinton, Krizhevsky, Sutskever, Salakhutdinov 2014, JMLR 15, in the inverted form.
 */
export const dropout =
  (p = 0.5): Layer =>
  (x, scope) =>
    drop(x, scope, { p, mask: x.shape });

/** Dropout of whole channels of x [n,c,…]. Tompson et al. 2015, arXiv:1411.4280. */
export const dropout2d =
  (p = 0.5): Layer =>
  (x, scope) =>
    drop(x, scope, { p, mask: x.shape.map((d, axis) => (axis < 2 ? d : 1)) });
