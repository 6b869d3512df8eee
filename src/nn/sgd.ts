import { add, mul, sub } from "../engine/ops/index.ts";
import { zeros } from "./initialisers.ts";
import type { Optimiser } from "./optimiser.ts";
import type { Scheduled } from "./schedule.ts";

export interface Sgd {
  readonly rate: Scheduled;
  /** 0 when absent: no state is kept. */
  readonly momentum?: number;
  readonly nesterov?: boolean;
  /** L2: added to the gradient, times the parameter; 0 when absent. */
  readonly weightDecay?: number;
}

/**
 * b ← μ·b + g, p ← p − rate·b; with `nesterov` p ← p − rate·(g + μ·b). PyTorch's semantics without
 * dampening.
 */
export const sgd = ({ rate, momentum = 0, nesterov = false, weightDecay = 0 }: Sgd): Optimiser => ({
  id: "sgd",
  schedules: { rate },
  slots: (shape) => (momentum === 0 ? {} : { velocity: { shape, init: zeros } }),
  update({ parameter, gradient, slots, hyper }) {
    const g = weightDecay === 0 ? gradient : add(gradient, mul(parameter, weightDecay));
    const move = (step: typeof g) => sub(parameter, mul(step, hyper.rate!));
    if (momentum === 0) return { parameter: move(g), slots: {} };
    const velocity = add(mul(slots.velocity!, momentum), g);
    const step = nesterov ? add(g, mul(velocity, momentum)) : velocity;
    return { parameter: move(step), slots: { velocity } };
  },
});
