import type { Tensor } from "../../engine/ir/tensor.ts";
import {
  concat,
  logSumExp,
  matmul,
  mean,
  minimum,
  mul,
  relu,
  reshape,
  sub,
  sum,
} from "../../engine/ops/index.ts";
import type { ConditioningMaker } from "../condition.ts";
import { contrasting, type Embedded, onlyWhere, sameClass } from "./_contrast.ts";

export interface DataToData {
  readonly temperature: number;
  /** A similarity to the own class's vector above this gains nothing. */
  readonly positive: number;
  /** A similarity to an item of another class below this costs nothing. */
  readonly negative: number;
}

/**
 * Cross-entropy of the own class's vector among items of other classes, pairs that are easy left out:
 * −E log(a/(a + Σ b)), a = exp([⟨h, e⟩ − m_p]₋/τ), b = exp([⟨h, h'⟩ − m_n]₊/τ) over items h' of other
 * classes. Kang, Shim, Cho, Park 2021, arXiv:2111.01118, equation 8.
 */
export function dataToDataEntropy({ h, e, label }: Embedded, o: DataToData): Tensor {
  const n = label.shape[0]!;
  const other = sub(1, sameClass(label));
  const own = reshape(sum(mul(h, e), { axes: [1] }), { shape: [n, 1] });
  const easy = mul(minimum(sub(own, o.positive), 0), 1 / o.temperature);
  const among = sub(matmul(h, h, { transposeB: true }), o.negative);
  const hard = onlyWhere(other, mul(relu(among), 1 / o.temperature));
  const all = logSumExp(concat([easy, hard], { axis: 1 }), { axes: [1] });
  return mean(sub(all, reshape(easy, { shape: [n] })));
}

/** D2D-CE: ReACGAN's classifier, which compares items with each other and lets easy pairs go. */
export const dataToData: ConditioningMaker = (options) =>
  contrasting("data-to-data", options, 512, (embedded) =>
    dataToDataEntropy(embedded, { temperature: 0.5, positive: 0.98, negative: 0.02 }),
  );
