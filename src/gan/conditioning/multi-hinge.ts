import { constant } from "../../engine/ir/leaves.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import { add, max, mean, mul, oneHot, relu, sub, sum } from "../../engine/ops/index.ts";
import { discriminatorLoses, discriminatorWins } from "../advice.ts";
import type { ConditioningMaker } from "../condition.ts";
import { head } from "./_classifier.ts";

/** Below every score. */
const out = 1e6;

/** E max(0, 1 + (largest score of another class) − (score of the own class)), of scores f32[n, K]. */
export function margin(scores: Tensor, label: Tensor): Tensor {
  const own = oneHot(label, { depth: scores.shape[1]! });
  const others = max(sub(scores, mul(own, out)), { axes: [1] });
  return mean(relu(add(sub(others, sum(mul(scores, own), { axes: [1] })), 1)));
}

/**
 * MH: the discriminator scores K classes and "fake", and each item's own class must beat all others by
 * a margin of 1: data their class, fakes "fake" in its move and their class in the generator's.
 * Kavalerov, Czaja, Chellappa 2021, arXiv:1912.04216, equations 4 and 5 (Crammer and Singer's hinge).
 */
export const multiHinge: ConditioningMaker = ({ classes, weightTransform }) => ({
  id: "multi-hinge",
  instead: {
    discriminator: head("d", classes + 1, weightTransform),
    loss: {
      id: "multi-hinge",
      discriminator: ({ real, fake }, { label, turn }) =>
        add(margin(real, label), margin(fake, constant(classes, [turn.size], "i32"))),
      generator: ({ fake }, { label }) => margin(fake, label),
      healthy: {
        discriminator: { low: 0.1, high: 4, below: discriminatorWins, above: discriminatorLoses },
        generator: { low: 0, high: 8, above: discriminatorWins },
      },
      meaning: {
        discriminator: "margin violations of data and fakes; 2 = it knows nothing, 0 = all",
        generator: "by how much fakes miss their class; 0 = all pass for data of it",
      },
    },
  },
});
