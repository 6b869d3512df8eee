import { stopGradient } from "../engine/autodiff/grad.ts";
import { constant } from "../engine/ir/leaves.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import { add, matmul, mul, neg, reshape, rsqrt, square, sub, sum } from "../engine/ops/index.ts";
import { inverseStd, moments } from "./_standardise.ts";
import { normal, ones, zeros } from "./initialisers.ts";
import type { Layer } from "./module.ts";
import type { Scope, State } from "./trace.ts";

export interface StandardisedLinear {
  /** Whether what a layer says may change in scale, by a factor per output; false when absent. */
  readonly learnt?: boolean;
}

/**
 * A dense layer whose outputs have mean 0 and deviation 1 on the first batch that it sees:
 * y = s·(x·vᵀ/‖v‖) + c + b. v is learnt, and so is b; s and c are set from the first batch in training
 * and stay: x [n, in] → [n, out]. Salimans, Kingma 2016, arXiv:1602.07868, section 3, equations 4 to 6.
 *
 * Parameters `weight` [out, in], N(0, 0.05²), `bias` [out] and, where `learnt`, `gain` [out]; state
 * `scale` [out], `shift` [out] and `set` [], 1 once they are known.
 */
export const standardisedLinear =
  (out: number, { learnt = false }: StandardisedLinear = {}): Layer =>
  (x, scope) => {
    const v = scope.parameter("weight", [out, x.shape[1]!], normal(0.05));
    const direction = mul(v, rsqrt(sum(square(v), { axes: [1], keep: true })));
    const product = matmul(x, direction, { transposeB: true });
    const { scale, shift } = fitted(product, scope);
    const gain = learnt ? mul(scale, scope.parameter("gain", [out], ones)) : scale;
    const bias = add(shift, scope.parameter("bias", [out], zeros));
    return add(mul(product, row(gain)), row(bias));
  };

const row = (x: Tensor): Tensor => reshape(x, { shape: [1, x.shape[0]!] });

/** What brings the products of the first batch to mean 0 and deviation 1. */
function fitted(product: Tensor, scope: Scope): { scale: Tensor; shift: Tensor } {
  const size = product.shape[1]!;
  const scale = scope.state("scale", [size], ones);
  const shift = scope.state("shift", [size], zeros);
  const set = scope.state("set", [], zeros);
  if (scope.training) {
    const { mean, variance } = moments(product, [0]);
    const flat = (x: Tensor) => reshape(x, { shape: [size] });
    const inverse = flat(inverseStd(variance, 1e-5));
    const known = set.read();
    const keep = (state: State, fresh: Tensor) =>
      state.write(add(mul(state.read(), known), mul(stopGradient(fresh), sub(1, known))));
    keep(shift, neg(mul(flat(mean), inverse)));
    keep(scale, inverse);
    set.write(constant(1));
  }
  return { scale: scale.read(), shift: shift.read() };
}
