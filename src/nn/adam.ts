import type { Tensor } from "../engine/ir/tensor.ts";
import { add, div, mul, neg, sqrt, square, sub } from "../engine/ops/index.ts";
import { zeros } from "./initialisers.ts";
import type { Optimiser, Tensors } from "./optimiser.ts";
import type { Scheduled } from "./schedule.ts";

export interface Adam {
  /** 2e-4 when absent. */
  readonly rate?: Scheduled;
  /** 0.5 when absent; the constant 0 keeps no first moment. */
  readonly beta1?: Scheduled;
  /** 0.999 when absent. */
  readonly beta2?: Scheduled;
  /** Outside the root; 1e-8 when absent. */
  readonly eps?: number;
  /** L2: added to the gradient, times the parameter; 0 when absent. `adamw` decouples it. */
  readonly weightDecay?: number;
}

/** Adam. Kingma, Ba 2015, arXiv:1412.6980, algorithm 1; PyTorch's semantics. The algebra: `family`. */
export const adam = (options: Adam = {}): Optimiser => family("adam", options, false);

/**
 * Adam by plain sums: M ← β1·M + g, V ← β2·V + g², with the sums of their weights c ← 1 + β·c.
 *
 * For a constant β the moments are m = (1 − β1)·M and v = (1 − β2)·V, and 1 − βᵗ = (1 − β)·c, so the
 * corrected moments are M/c1 and V/c2, exactly 1·g and 1·g² at t = 1, and
 *
 *   p ← p − rate·(M/c1)/(√(V/c2) + eps) = p − a·M/(√V + e),  a = rate·√c2/c1,  e = eps·√c2,
 *
 * two full-size products less than by m and v. When a β moves, M/c1 and V/c2 are still weighted means
 * (PyTorch corrects by 1 − βᵗ with the latest β, as if it had never moved). Decay, when decoupled:
 * p ← (1 − rate·decay)·p first.
 */
export function family(id: string, options: Adam, decoupled: boolean): Optimiser {
  const { rate = 2e-4, beta1 = 0.5, beta2 = 0.999, eps = 1e-8, weightDecay = 0 } = options;
  const remembers = beta1 !== 0;
  const count = { shape: [], init: zeros };
  const beta = (hyper: Tensors) => ({
    first: hyper.beta1 ?? (beta1 as number),
    second: hyper.beta2 ?? (beta2 as number),
  });
  return {
    id,
    schedules: {
      rate,
      ...(typeof beta1 === "function" && { beta1 }),
      ...(typeof beta2 === "function" && { beta2 }),
    },
    slots: (shape) => ({
      squares: { shape, init: zeros },
      ...(remembers && { gradients: { shape, init: zeros } }),
    }),
    shared: { squaresWeight: count, ...(remembers && { gradientsWeight: count }) },
    advance: ({ squaresWeight, gradientsWeight }, hyper) => ({
      squaresWeight: add(mul(squaresWeight!, beta(hyper).second), 1),
      ...(gradientsWeight && {
        gradientsWeight: add(mul(gradientsWeight, beta(hyper).first), 1),
      }),
    }),
    update({ parameter, gradient, slots, shared, hyper }) {
      const { first, second } = beta(hyper);
      const decay = weightDecay !== 0;
      const g = decay && !decoupled ? add(gradient, mul(parameter, weightDecay)) : gradient;
      const squares = add(mul(slots.squares!, second), square(g));
      const gradients = remembers ? add(mul(slots.gradients!, first), g) : g;
      const from = decay && decoupled ? shrink(parameter, hyper.rate!, weightDecay) : parameter;
      return {
        parameter: sub(from, stepOf(gradients, squares, shared, hyper.rate!, eps)),
        slots: remembers ? { squares, gradients } : { squares },
      };
    },
  };
}

/** a·M/(√V + e). */
function stepOf(m: Tensor, v: Tensor, shared: Tensors, rate: Tensor, eps: number): Tensor {
  const root = sqrt(shared.squaresWeight!);
  const free = mul(rate, root);
  const a = shared.gradientsWeight ? div(free, shared.gradientsWeight) : free;
  return mul(div(m, add(sqrt(v), mul(root, eps))), a);
}

const shrink = (p: Tensor, rate: Tensor, decay: number): Tensor =>
  mul(p, add(neg(mul(rate, decay)), 1));
