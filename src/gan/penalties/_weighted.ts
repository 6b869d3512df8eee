import type { Tensor } from "../../engine/ir/tensor.ts";
import { mul } from "../../engine/ops/index.ts";
import type { Scheduled } from "../../nn/schedule.ts";
import type { Turn } from "../game.ts";

/** `value` times a weight, which may follow a schedule: it is then fed under `name` at each step. */
export const weighted = (
  value: Tensor,
  weight: Scheduled,
  { turn, name }: { readonly turn: Pick<Turn, "scalar">; readonly name: string },
): Tensor => mul(value, typeof weight === "number" ? weight : turn.scalar(name, weight));
