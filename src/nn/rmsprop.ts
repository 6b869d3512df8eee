import type { Tensor } from "../engine/ir/tensor.ts";
import { add, div, mul, sqrt, square, sub } from "../engine/ops/index.ts";
import { zeros } from "./initialisers.ts";
import type { Optimiser } from "./optimiser.ts";
import type { Scheduled } from "./schedule.ts";

export interface RmsProp {
  readonly rate: Scheduled;
  /** Weight of the old mean square, in [0, 1); 0.99 when absent. */
  readonly alpha?: number;
  /** Outside the root; 1e-8 when absent. */
  readonly eps?: number;
  /** 0 when absent. */
  readonly momentum?: number;
  /** Divide by the deviation from the mean gradient; false when absent. */
  readonly centred?: boolean;
  /** L2: added to the gradient, times the parameter; 0 when absent. */
  readonly weightDecay?: number;
}

/**
 * v ← α·v + (1 − α)·g², b ← μ·b + g/(√v + eps), p ← p − rate·b. Tieleman, Hinton 2012, lecture 6.5;
 * PyTorch's semantics. `centred` takes √(v − m²) with m the mean of g: Graves 2013, arXiv:1308.0850,
 * eq. 40.
 *
 * Kept are the plain sums V = v/(1 − α) and G = m/(1 − α), which saves full-size products. With
 * k = √(1 − α): g/(√v + eps) = (g/k)/(√V + eps/k), and √(v − m²) = k·√(V − (1 − α)·G²).
 */
export const rmsprop = (options: RmsProp): Optimiser => {
  const { rate, alpha = 0.99, eps = 1e-8, momentum = 0, centred = false } = options;
  const { weightDecay = 0 } = options;
  const k = Math.sqrt(1 - alpha);
  return {
    id: "rmsprop",
    schedules: { rate },
    slots: (shape) => ({
      squares: { shape, init: zeros },
      ...(centred && { gradients: { shape, init: zeros } }),
      ...(momentum !== 0 && { velocity: { shape, init: zeros } }),
    }),
    update({ parameter, gradient, slots, hyper }) {
      const g = weightDecay === 0 ? gradient : add(gradient, mul(parameter, weightDecay));
      const next: Record<string, Tensor> = {
        squares: add(mul(slots.squares!, alpha), square(g)),
      };
      let power = next.squares!;
      if (centred) {
        next.gradients = add(mul(slots.gradients!, alpha), g);
        power = sub(power, mul(square(next.gradients), 1 - alpha));
      }
      let step = div(g, add(sqrt(power), eps / k));
      if (momentum !== 0) step = next.velocity = add(mul(slots.velocity!, momentum), step);
      return { parameter: sub(parameter, mul(step, mul(hyper.rate!, 1 / k))), slots: next };
    },
  };
};
