import { mul, sum } from "../../engine/ops/index.ts";
import { embedding } from "../../nn/embedding.ts";
import { module } from "../../nn/module.ts";
import { flatten } from "../../nn/shape.ts";
import type { ConditioningMaker, Labelled } from "../condition.ts";

/**
 * PD: the score gains ⟨e(y), φ(x)⟩, a learnt direction of each class in the discriminator's features.
 * Miyato, Koyama 2018, arXiv:1802.05637, equation 3.
 */
export const projection: ConditioningMaker = ({ classes, weightTransform }) => ({
  id: "projection",
  fit: module("fit", ({ x, label }: Labelled, scope) => {
    const features = flatten(x, scope);
    const transform = weightTransform ? { weightTransform } : {};
    const direction = embedding(classes, features.shape[1]!, transform)(label, scope);
    return sum(mul(direction, features), { axes: [1] });
  }),
});
