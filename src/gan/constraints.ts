import type { Tensor } from "../engine/ir/tensor.ts";
import { clip } from "../engine/ops/index.ts";

/**
 * Keeps each value of a parameter within [-bound, bound]: a crude way to a Lipschitz critic. Arjovsky,
 * Chintala, Bottou 2017, arXiv:1701.07875, algorithm 1, line 7.
 */
export const clipped =
  (bound: number) =>
  (parameter: Tensor): Tensor =>
    clip(parameter, { min: -bound, max: bound });
