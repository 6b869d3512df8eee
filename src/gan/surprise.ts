import type { Tensor } from "../engine/ir/tensor.ts";
import { logSoftmax, mean, neg, reshape, takeAlong } from "../engine/ops/index.ts";

/** −E log p(y|x) in nats, [] ≥ 0, of class logits f32[n, K] and classes i32[n] in [0, K). */
export function surprise(logits: Tensor, label: Tensor): Tensor {
  const column = reshape(label, { shape: [label.shape[0]!, 1] });
  return neg(mean(takeAlong(logSoftmax(logits, { axis: 1 }), column, { axis: 1 })));
}
