import type { Tensor } from "../../engine/ir/tensor.ts";
import { argMax, cast, equal, mean } from "../../engine/ops/index.ts";
import { linear } from "../../nn/linear.ts";
import { type Module, module } from "../../nn/module.ts";
import { flatten } from "../../nn/shape.ts";
import type { WeightTransform } from "../../nn/weight.ts";
import { notNegative } from "../advice.ts";
import type { Duel } from "../duel.ts";
import type { Objective, Term } from "../game.ts";

/** A linear map of the discriminator's features to `logits` numbers an item. */
export function head(
  name: string,
  logits: number,
  weightTransform: WeightTransform | undefined,
): Module<Tensor, Tensor> {
  const layer = linear(logits, weightTransform ? { weightTransform } : {});
  return module(name, (x, scope) => layer(flatten(x, scope), scope));
}

/** What a module makes of both sides' features. */
export const readBy = (duel: Duel, by: Module<Tensor, Tensor>) => ({
  get real() {
    return duel.turn.call(by, duel.features.real);
  },
  get fake() {
    return duel.turn.call(by, duel.features.fake);
  },
});

/** A term of either side whose numbers are in nats and never negative. */
export const inNats = (
  id: string,
  apply: (duel: Duel) => Pick<Objective, "loss" | "meaning" | "readings">,
): Term<Duel> => ({
  id,
  apply: (duel) => ({ unit: "nats", healthy: notNegative, ...apply(duel) }),
});

/** The share of items whose largest logit is that of their class. */
export const shareRight = (logits: Tensor, label: Tensor, meaning: string) => ({
  value: mean(cast(equal(argMax(logits, { axis: 1 }), label), { to: "f32" })),
  meaning,
  unit: "share",
  healthy: { low: 0, high: 1 },
});
