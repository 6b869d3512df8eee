import type { Tensor } from "../../engine/ir/tensor.ts";
import { add, mean, mul, neg, softplus, square, sub } from "../../engine/ops/index.ts";
import type { Module } from "../../nn/module.ts";
import { notNegative } from "../advice.ts";
import type { Duel } from "../duel.ts";
import type { Term } from "../game.ts";

export interface ModeRegulariser {
  /** From an item to the code from which the generator should make it again; the player owns it. */
  readonly encoder: Module<Tensor, Tensor>;
  /** λ₁: weight of the squared distance of an item from its reconstruction; 0.2 when absent. */
  readonly distance?: number;
  /** λ₂: weight of how unconvincing reconstructions are; 0.4 when absent. */
  readonly score?: number;
}

/**
 * λ₁·E‖x − G(E(x))‖² (a mean over the item's values) − λ₂·E log D(G(E(x))), over data x: each mode of
 * the data pulls a code of its own. Che, Li, Jacob, Bengio, Li 2017, arXiv:1612.02136, section 3.1.2.
 */
export const modeRegulariser = ({
  encoder,
  distance = 0.2,
  score = 0.4,
}: ModeRegulariser): Term<Duel> => ({
  id: "mode-regulariser",
  apply({ turn, real, generate, discriminate }) {
    const again = generate(turn.call(encoder, real));
    const error = mean(square(sub(real, again)));
    const unconvincing = mean(softplus(neg(discriminate(again))));
    return {
      loss: add(mul(error, distance), mul(unconvincing, score)),
      meaning: "how far data are from what the generator can make again; falls",
      unit: "weighted error",
      healthy: {},
      readings: {
        "g.reconstruction": {
          value: error,
          meaning: "squared error of data made again; falls",
          unit: "squared error",
          healthy: notNegative,
        },
      },
    };
  },
});
