import { mul, sum } from "../../engine/ops/index.ts";
import { module } from "../../nn/module.ts";
import { flatten } from "../../nn/shape.ts";
import { type ConditioningMaker, conditionVector, type Labelled } from "../condition.ts";

/**
 * PD: the score gains ⟨e(y), φ(x)⟩, a learnt direction of each class in the discriminator's features.
 * Of numbers f32[n, d], e(y) is linear in them. Miyato, Koyama 2018, arXiv:1802.05637, equation 3.
 */
export const projection: ConditioningMaker = ({ classes, weightTransform }) => ({
  id: "projection",
  fit: module("fit", ({ x, label }: Labelled, scope) => {
    const features = flatten(x, scope);
    const size = features.shape[1]!;
    const direction = conditionVector(classes, size, { weightTransform })(label, scope);
    return sum(mul(direction, features), { axes: [1] });
  }),
});
