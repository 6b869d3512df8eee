import { mul } from "../engine/ops/index.ts";
import type { WeightTransform } from "./weight.ts";

/**
 * Equalised learning rate: w·gain/√fan-in, √(2/fan-in) by default, so that all weights may start from
 * N(0, 1) (`init: normal(1)`) and adaptive optimisers move them at one relative speed. Karras, Aila,
 * Laine, Lehtinen 2018, arXiv:1710.10196, section 4.1.
 */
export const equalised =
  (gain: number = Math.SQRT2): WeightTransform =>
  (weight, _, { fanIn }) =>
    mul(weight, gain / Math.sqrt(fanIn));
