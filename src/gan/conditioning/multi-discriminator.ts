import { reshape, takeAlong } from "../../engine/ops/index.ts";
import { module } from "../../nn/module.ts";
import type { ConditioningMaker, Labelled } from "../condition.ts";
import { head } from "./_classifier.ts";

/**
 * MD: a discriminator of each class on features that all share. It has K outputs f32[n, K], of which that
 * of the item's class is its score: a projection without the part of the score that knows no class.
 * Mescheder, Geiger, Nowozin 2018, arXiv:1801.04406, whose nets for labelled data end so; `MD` in
 * StudioGAN, Kang, Shin, Park 2022, arXiv:2206.09479.
 */
export const multiDiscriminator: ConditioningMaker = ({ classes, weightTransform }) => {
  const { name, net } = head("d", classes, weightTransform);
  return {
    id: "multi-discriminator",
    // Taken by place and not by a sum over 0s and 1s: a class that is guessed of the data has no slope.
    score: module(name, ({ x, label }: Labelled, scope) => {
      const own = reshape(label, { shape: [-1, 1] });
      return reshape(takeAlong(net(x, scope), own, { axis: 1 }), { shape: [-1] });
    }),
  };
};
