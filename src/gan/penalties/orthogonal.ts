import { constant } from "../../engine/ir/leaves.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import { add, matmul, mul, reshape, square, sum } from "../../engine/ops/index.ts";
import { notNegative } from "../advice.ts";
import { others } from "../conditioning/_contrast.ts";
import type { Duel } from "../duel.ts";
import type { Term } from "../game.ts";

export interface Orthogonal {
  /** β; 1e-4 when absent. */
  readonly weight?: number;
  /** Whose weights; the discriminator's when absent. */
  readonly of?: "generator" | "discriminator";
  /** Full names of weights that are left alone, such as vectors of classes. */
  readonly except?: readonly string[];
}

/** ‖WWᵀ ⊙ (1 − I)‖², W read as a row for each of its first axis: how far rows are from orthogonal. */
export function overlap(weight: Tensor): Tensor {
  const rows = weight.shape[0]!;
  const matrix = reshape(weight, { shape: [rows, -1] });
  return sum(square(mul(matmul(matrix, matrix, { transposeB: true }), others(rows))));
}

/**
 * weight · Σ‖WWᵀ ⊙ (1 − I)‖² over weights of at least two axes: filters are to be orthogonal, of any
 * length, so that a truncated code still gives pictures. Brock, Donahue, Simonyan 2019,
 * arXiv:1809.11096, equation 3. Cost: next to nothing.
 */
export const orthogonal = ({
  weight = 1e-4,
  of = "discriminator",
  except = [],
}: Orthogonal = {}): Term<Duel> => ({
  id: "orthogonal",
  apply({ parameters }) {
    const weights = Object.entries(parameters[of]).filter(
      ([name, { shape }]) =>
        /(^|\.)weight$/.test(name) && shape.length > 1 && !except.includes(name),
    );
    const total = weights.map(([, w]) => overlap(w)).reduce((a, b) => add(a, b), constant(0, []));
    return {
      loss: mul(total, weight),
      meaning: "how far filters are from orthogonal, weighted; steady = loss and penalty balance",
      unit: "squared weight",
      healthy: notNegative,
    };
  },
});
