import type { Tensor } from "../../engine/ir/tensor.ts";
import { add, mean, mul, sqrt, square, sub, variance } from "../../engine/ops/index.ts";
import { notNegative, unitSlope } from "../advice.ts";
import type { Duel } from "../duel.ts";
import { norm, slopeAt } from "./_slope.ts";
import type { Penalty } from "./penalty.ts";

/** How far from data it looks, in standard deviations of all values of the batch. */
const reach = 0.5;

/** Keeps the deviation differentiable where all values are equal. */
const tiny = 1e-12;

/**
 * weight · E(‖∇D(x + δ)‖₂ − 1)², δ uniform in ±½ the batch's deviation along each axis, the whole of
 * it shrunk by one uniform number per item: slope 1 around data, wherever the fakes are. The
 * discriminator must not mix the items of a batch (no batch norm). Kodali, Abernethy, Hays, Kira 2017,
 * arXiv:1705.07215, algorithm 1; the authors' code draws δ from (0, 1) only, which leaves one side of
 * the data alone. Cost: a second backward pass.
 */
export const dragan: Penalty = ({ weight = 10 } = {}) => ({
  id: "dragan",
  apply(duel) {
    const length = norm(slopeAt(duel, around(duel)));
    return {
      loss: mul(mean(square(sub(length, 1))), weight),
      meaning: "how far the slope around data is from 1; falls below 1 and stays there",
      unit: "squared slope error",
      healthy: notNegative,
      readings: {
        "d.slope": {
          value: mean(length),
          meaning: "mean gradient norm around data; 1 is right",
          unit: "score per unit of an item",
          healthy: unitSlope,
        },
      },
    };
  },
});

/** A point beside each real item, [n, …item]. */
function around({ turn, real }: Pick<Duel, "turn" | "real">): Tensor {
  const deviation = sqrt(add(variance(real), tiny));
  const ones = real.shape.slice(1).map(() => 1);
  const direction = sub(mul(turn.uniform(real.shape), 2), 1);
  const share = turn.uniform([turn.size, ...ones]);
  return add(real, mul(mul(direction, share), mul(deviation, reach)));
}
