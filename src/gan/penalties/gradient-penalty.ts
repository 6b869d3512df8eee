import { grad } from "../../engine/autodiff/grad.ts";
import { stopGradient } from "../../engine/autodiff/stop-gradient.ts";
import { add, mean, mul, reshape, sqrt, square, sub, sum } from "../../engine/ops/index.ts";
import type { Duel } from "../adversarial.ts";
import type { Term } from "../game.ts";

/** Keeps the norm differentiable at a zero gradient; far below any norm that matters. */
const tiny = 1e-12;

/**
 * weight · E(‖∇D(x̂)‖₂ − 1)², x̂ uniform on the segment from a real to a generated item. The critic
 * must not mix the items of a batch (no batch norm). Gulrajani et al. 2017, arXiv:1704.00028, eq. 3.
 * Cost: a second backward pass through the critic.
 */
export const gradientPenalty = ({ weight = 10 } = {}): Term<Duel> => ({
  id: "gradient-penalty",
  apply({ turn, real, fake, discriminate }) {
    const n = turn.size;
    const items = stopGradient(fake);
    const ones = real.shape.slice(1).map(() => 1);
    const along = turn.uniform([n, ...ones]);
    const between = add(real, mul(along, sub(items, real)));
    const slope = grad(sum(discriminate(between)), [between])[0]!;
    const squares = sum(square(reshape(slope, { shape: [n, -1] })), { axes: [1] });
    const norm = sqrt(add(squares, tiny));
    return {
      loss: mul(mean(square(sub(norm, 1))), weight),
      meaning: "how far the critic's slope is from 1; falls below 1 and stays there",
      readings: {
        "d.slope": {
          value: mean(norm),
          meaning: "mean gradient norm between data and fakes; 1 is right",
        },
      },
    };
  },
});
