import { constant } from "../engine/ir/leaves.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import { add, mean, mul, oneHot, relu, square, sub, sum } from "../engine/ops/index.ts";
import { discriminatorLoses, discriminatorWins } from "./advice.ts";
import type { LogitLoss } from "./losses/loss.ts";

/** Lengths that a capsule should reach where it is right, and stay below where it is not. */
const [present, absent] = [0.9, 0.1];

/** What capsules that should be short weigh. */
const shortWeight = 0.5;

/**
 * E Σ_k T_k·max(0, 0.9 − ‖v_k‖)² + ½(1 − T_k)·max(0, ‖v_k‖ − 0.1)², T_k = 1 for capsule `answer`, of
 * lengths f32[n,K]. Sabour, Frosst, Hinton 2017, arXiv:1710.09829, equation 4.
 */
export function marginLoss(lengths: Tensor, answer: number): Tensor {
  const [n = 1, depth = 1] = lengths.shape;
  const right = oneHot(constant(new Int32Array(n).fill(answer), [n], "i32"), { depth });
  const missing = mul(right, square(relu(sub(present, lengths))));
  const excess = mul(sub(1, right), square(relu(sub(lengths, absent))));
  return mean(sum(add(missing, mul(excess, shortWeight)), { axes: [1] }));
}

/**
 * A discriminator of two capsules, the first long for data and the second for fakes; the generator wants
 * its fakes taken for data. Upadhyay, Schrater 2018, arXiv:1806.03796: margin losses in the place of the
 * cross-entropy of Goodfellow et al.
 */
export const capsuleMargin = (): LogitLoss => ({
  id: "capsule-margin",
  several: true,
  discriminator: ({ real, fake }) => add(marginLoss(real, 0), marginLoss(fake, 1)),
  generator: ({ fake }) => marginLoss(fake, 0),
  unit: "squared length",
  scoreUnit: "length",
  healthy: {
    discriminator: { low: 0.01, high: 1, below: discriminatorWins, above: discriminatorLoses },
    generator: { low: 0, high: 1.2, above: discriminatorWins },
    score: { low: 0, high: 1 },
  },
  meaning: {
    discriminator:
      "how far capsules are from naming data and fakes; 0 = all are named with a margin",
    generator: "how far fakes are from being named data; near 1.2 = all are named fakes",
  },
});
