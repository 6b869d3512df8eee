import type { Tensor } from "../../engine/ir/tensor.ts";
import {
  add,
  div,
  mean,
  mul,
  relu,
  reshape,
  sqrt,
  square,
  sub,
  sum,
} from "../../engine/ops/index.ts";
import type { Scheduled } from "../../nn/schedule.ts";
import { notNegative } from "../advice.ts";
import type { Duel } from "../duel.ts";
import type { Term } from "../game.ts";

export interface ConditionLipschitz {
  readonly weight: Scheduled;
  /** Slopes up to this cost nothing; 0 when absent. */
  readonly slope?: number;
  /** Conditions move by at most this in each number, in the range that nets see. */
  readonly reach: number;
  /**
   * Also where there are no data: conditions are drawn uniform on [−1, 1] instead of taken from the batch.
   * A gap in the data is then crossed as gently as the rest.
   */
  readonly everywhere?: boolean;
}

/** Keeps a difference of nothing from dividing by nothing. */
const least = 1e-8;

/**
 * E max(0, ‖G(z, y + Δ) − G(z, y)‖/‖Δ‖ − K)², Δ uniform: items change gently with a continuous condition,
 * so that values between those of the data give items between theirs. A term of the generator. Zheng,
 * Zhang, Zheng 2021, arXiv:2103.14884, who penalise the slope without a threshold.
 */
export const conditionLipschitz = (o: ConditionLipschitz): Term<Duel> => ({
  id: "condition-lipschitz",
  apply(duel) {
    const { turn, codes } = duel;
    const within = (shape: readonly number[]) => sub(mul(turn.uniform(shape), 2), 1);
    const from = o.everywhere ? within(duel.label.shape) : duel.label;
    const step = mul(within(from.shape), o.reach);
    const moved = sub(duel.generate(codes, add(from, step)), duel.generate(codes, from));
    const slope = div(lengthOf(moved), lengthOf(step));
    const weight = turn.scalar("condition-lipschitz", o.weight);
    return {
      loss: mul(mean(square(relu(sub(slope, o.slope ?? 0)))), weight),
      meaning: "square of how much faster than allowed items change with the condition, weighted",
      unit: "score",
      healthy: notNegative,
      readings: {
        "g.slope": {
          value: mean(slope),
          meaning: "change of an item by change of its condition",
          unit: "slope",
          healthy: notNegative,
        },
      },
    };
  },
});

/** Euclidean lengths f32[n] of rows. */
const lengthOf = (x: Tensor): Tensor =>
  sqrt(add(sum(square(reshape(x, { shape: [x.shape[0]!, -1] })), { axes: [1] }), least));
