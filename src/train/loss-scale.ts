import type { Tensor } from "../engine/ir/tensor.ts";
import {
  add,
  div,
  greater,
  greaterEqual,
  less,
  lessEqual,
  logicalAnd,
  logicalOr,
  maximum,
  minimum,
  mul,
  select,
} from "../engine/ops/index.ts";
import type { Reading } from "../gan/game.ts";
import { constant, zeros } from "../nn/initialisers.ts";
import type { Trace } from "../nn/trace.ts";
import { sumOf } from "./watch.ts";

/** What losses are multiplied by at first; PyTorch's `GradScaler` begins there too. */
const initialScale = 2 ** 16;

/** Good steps after which the scale is tried twice as large. */
const growthInterval = 2000;

/** A loss that needs more has no gradient to speak of. */
const largestScale = 2 ** 24;

/** Sums of gradients beyond it count as infinite. A comparison with infinity could be optimised away. */
const infinite = 1e38;

/** The scale of a player's loss in mixed precision: see `lossScale`. */
export interface LossScale {
  scaled(loss: Tensor): Tensor;
  unscaled(gradient: Tensor): Tensor;
  /** Moves the scale, and says whether the update that these gradients make is to be taken. */
  settle(gradients: readonly Tensor[]): Tensor;
  readonly reading: Reading;
}

/**
 * Dynamic loss scaling (Micikevicius et al. 2018, arXiv:1710.03740, section 3.2): gradients too small
 * for float16 are lifted into its range by a factor on the loss, a power of two, and divided by it in
 * float32. A gradient that is not finite halves the factor and its update is left out; after 2,000 good
 * ones in a row the factor doubles. All of it in the graph: no host looks at a gradient. At a factor of
 * 1 a bad update is taken, so that the run is stopped by what watches the state: the fault is not the
 * factor's. Factor and count last from tick to tick as `precision.<player>.scale` and `.good`.
 */
export function lossScale(player: string, trace: Trace): LossScale {
  const path = `precision.${player}`;
  const scale = trace.variable("state", `${path}.scale`, [], constant(initialScale));
  const good = trace.variable("state", `${path}.good`, [], zeros);
  const now = scale.read();
  return {
    scaled: (loss) => mul(loss, now),
    // A quotient is taken in f32: as a product it could be one of halves, and vanish in them again.
    unscaled: (gradient) => div(gradient, now),
    settle(gradients) {
      const total = sumOf(gradients);
      const finite = logicalAnd(less(total, infinite), greater(total, -infinite));
      const count = add(good.read(), 1);
      const grows = greaterEqual(count, growthInterval);
      const grown = minimum(mul(now, 2), largestScale);
      const halved = maximum(mul(now, 0.5), 1);
      scale.write(select(finite, select(grows, grown, now), halved));
      good.write(select(finite, select(grows, 0, count), 0));
      return logicalOr(finite, lessEqual(now, 1));
    },
    reading: {
      value: now,
      meaning: "what the loss is multiplied by before its gradient; halves when one overflows",
      unit: "times",
      healthy: { low: 2, below: gradientsOverflow },
    },
  };
}

const gradientsOverflow = {
  text: "Gradients overflow float16 whatever the loss is multiplied by.",
  tryNext: ["a smaller learning rate", "a gradient penalty", "--precision f32"],
};
