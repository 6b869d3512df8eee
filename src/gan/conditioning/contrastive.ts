import type { Tensor } from "../../engine/ir/tensor.ts";
import { concat, logSumExp, matmul, mean, mul, reshape, sub, sum } from "../../engine/ops/index.ts";
import type { ConditioningMaker } from "../condition.ts";
import { contrasting, type Embedded, onlyWhere, others, sameClass } from "./_contrast.ts";

/**
 * −E log of the share that the own class's vector and items of the own class have in Σ exp(⟨h, ·⟩/t)
 * over the own class's vector and all other items. Kang, Park 2020, arXiv:2006.12681, equation 8.
 */
export function conditionalContrast({ h, e, label }: Embedded, temperature: number): Tensor {
  const n = label.shape[0]!;
  const own = reshape(sum(mul(h, e), { axes: [1] }), { shape: [n, 1] });
  const among = matmul(h, h, { transposeB: true });
  const [toProxy, toItems] = [own, among].map((s) => mul(s, 1 / temperature)) as [Tensor, Tensor];
  const total = (kept: Tensor) =>
    logSumExp(concat([toProxy, onlyWhere(kept, toItems)], { axis: 1 }), { axes: [1] });
  return mean(sub(total(others(n)), total(mul(others(n), sameClass(label)))));
}

/** 2C: features gather around their class's vector and around each other. ContraGAN. */
export const contrastive: ConditioningMaker = (options) =>
  contrasting("contrastive", options, 512, (embedded) => conditionalContrast(embedded, 1));
