import type { Tensor } from "../../engine/ir/tensor.ts";
import { flatten } from "../../engine/ops/index.ts";
import { leaky } from "../../nn/activations.ts";
import type { Net } from "../../nn/module.ts";
import { mlpGenerator } from "./mlp.ts";

/** Items f32[n, …item] → k covectors of each, f32[n, k, …item], through dense layers. */
export function mlpCovectors({
  item,
  order,
  hidden,
}: {
  readonly item: readonly number[];
  readonly order: number;
  readonly hidden: readonly number[];
}): Net<Tensor, Tensor> {
  const net = mlpGenerator({ item: [order, ...item], hidden, activation: leaky(0.2) });
  return (x, scope) => net(flatten(x), scope);
}
