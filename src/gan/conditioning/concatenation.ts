import { sizeOf } from "../../engine/ir/type.ts";
import { concat, reshape } from "../../engine/ops/index.ts";
import { module } from "../../nn/module.ts";
import { type ConditioningMaker, conditionVector, type Labelled } from "../condition.ts";

/**
 * The discriminator sees its class as one more channel: a learnt map of each class beside an image
 * [c,h,w], a learnt number beside a point. Of numbers f32[n, d], a linear map of them. Mirza, Osindero 2014, arXiv:1411.1784, section 3.2.
 */
export const concatenation: ConditioningMaker = ({ classes, weightTransform }) => ({
  id: "concatenation",
  items: module("class", ({ x, label }: Labelled, scope) => {
    const map = [1, ...x.shape.slice(2)];
    const own = conditionVector(classes, sizeOf(map), { weightTransform })(label, scope);
    return concat([x, reshape(own, { shape: [x.shape[0]!, ...map] })], { axis: 1 });
  }),
});
