import { sizeOf } from "../../engine/ir/type.ts";
import { concat, reshape } from "../../engine/ops/index.ts";
import { embedding } from "../../nn/embedding.ts";
import { module } from "../../nn/module.ts";
import type { ConditioningMaker, Labelled } from "../condition.ts";

/**
 * The discriminator sees its class as one more channel: a learnt map of each class beside an image
 * [c,h,w], a learnt number beside a point. Mirza, Osindero 2014, arXiv:1411.1784, section 3.2.
 */
export const concatenation: ConditioningMaker = ({ classes, weightTransform }) => ({
  id: "concatenation",
  items: module("class", ({ x, label }: Labelled, scope) => {
    const map = [1, ...x.shape.slice(2)];
    const transform = weightTransform ? { weightTransform } : {};
    const own = embedding(classes, sizeOf(map), transform)(label, scope);
    return concat([x, reshape(own, { shape: [x.shape[0]!, ...map] })], { axis: 1 });
  }),
});
