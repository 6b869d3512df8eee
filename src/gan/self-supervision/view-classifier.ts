import type { Tensor } from "../../engine/ir/tensor.ts";
import { mul } from "../../engine/ops/index.ts";
import type { Module } from "../../nn/module.ts";
import { notNegative } from "../advice.ts";
import type { Duel } from "../duel.ts";
import type { Term } from "../game.ts";
import { surprise } from "../surprise.ts";
import { inParts, type View, viewOf } from "./views.ts";

export interface ViewClassifier {
  readonly views: readonly View[];
  /** The discriminator's trunk. */
  readonly trunk: Module<Tensor, Tensor>;
  /** Features → f32[n, K]; must move with the discriminator. */
  readonly head: Module<Tensor, Tensor>;
  readonly discriminatorWeight?: number;
  readonly generatorWeight?: number;
}

/**
 * A classifier of views on the discriminator's features: the discriminator learns it on data, and the
 * generator wants the views of its fakes told rightly. SSGAN: Chen, Zhai, Ritter, Lucic, Houlsby 2019,
 * arXiv:1811.11212, equations 2 and 3, whose weights are 1 and 0.2.
 */
export function viewClassifier(o: ViewClassifier) {
  const term = (side: "real" | "fake", weight: number, meaning: string): Term<Duel> => ({
    id: "view-classifier",
    apply(duel) {
      const { turn } = duel;
      const shown = inParts(duel[side], o.views);
      const said = turn.call(o.head, turn.call(o.trunk, shown));
      const loss = mul(surprise(said, viewOf(turn.size, o.views)), weight);
      return { loss, meaning, unit: "nats", healthy: notNegative };
    },
  });
  return {
    discriminator: term("real", o.discriminatorWeight ?? 1, "surprise at views of data, weighted"),
    generator: term("fake", o.generatorWeight ?? 0.2, "surprise at views of fakes, weighted"),
  };
}
