import { grad } from "../../engine/autodiff/grad.ts";
import { stopGradient } from "../../engine/autodiff/stop-gradient.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import { add, mul, reshape, sqrt, square, sub, sum } from "../../engine/ops/index.ts";
import type { Duel } from "../duel.ts";

/** Keeps a norm differentiable at a zero gradient; far below any norm that matters. */
const tiny = 1e-12;

/**
 * Gradient of each item's score by the item, [n, …item]. The discriminator must not mix the items of
 * a batch (no batch norm), or a score's gradient is not its own. Cost: a backward pass.
 */
export const slopeAt = ({ discriminate }: Pick<Duel, "discriminate">, items: Tensor): Tensor =>
  grad(sum(discriminate(items)), [items])[0]!;

/** ‖slope‖² of each item, [n]. */
export const squaredNorm = (slope: Tensor): Tensor =>
  sum(square(reshape(slope, { shape: [slope.shape[0]!, -1] })), { axes: [1] });

/** √x, differentiable at 0. */
export const rootOf = (x: Tensor): Tensor => sqrt(add(x, tiny));

/** ‖slope‖ of each item, [n]. */
export const norm = (slope: Tensor): Tensor => rootOf(squaredNorm(slope));

/** A point drawn uniformly on the segment from each real to a generated item, [n, …item]. */
export function between({ turn, real, fake }: Pick<Duel, "turn" | "real" | "fake">): Tensor {
  const ones = real.shape.slice(1).map(() => 1);
  const along = turn.uniform([turn.size, ...ones]);
  return add(real, mul(along, sub(stopGradient(fake), real)));
}
