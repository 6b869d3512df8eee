import type { Tensor } from "../engine/ir/tensor.ts";
import { sqrt, square, sub } from "../engine/ops/index.ts";
import type { Reading } from "../gan/game.ts";
import { sumOf } from "./watch.ts";

const norm = (parts: readonly Tensor[]): Tensor => sqrt(sumOf(parts.map(square)));

/** How large a player's gradient, update and parameters are, all of them together. */
export function normReadings(
  player: string,
  gradients: readonly Tensor[],
  before: readonly Tensor[],
  after: readonly Tensor[],
): Record<string, Reading> {
  const steps = after.map((value, i) => sub(value, before[i]!));
  return {
    [`${player}.gradient norm`]: { value: norm(gradients), meaning: "the gradient's norm" },
    [`${player}.update norm`]: { value: norm(steps), meaning: "the norm of an update" },
    [`${player}.weight norm`]: { value: norm(before), meaning: "the parameters' norm" },
  };
}
