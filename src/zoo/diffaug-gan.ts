import { diffAugment, policyOption } from "../gan/augmentation/diff-augment.ts";
import { projection } from "../gan/conditioning/projection.ts";
import { hinge } from "../gan/losses/hinge.ts";
import { residualGame, residualOptions, tinyResidual } from "../gan/residual-game.ts";
import { defineSystem } from "../gan/system.ts";

/**
 * DiffAugment: data and fakes are recoloured, shifted and cut, so that few data are enough.
 *
 * Source   Zhao, Liu, Lin, Zhu, Han 2020, arXiv:2006.10738
 * Shapes   z f32[n,latent] and label i32[n] → image f32[n,c,s,s] in [−1,1]; discriminator: image and
 *          label → score f32[n]
 * Units    rates per step; width in channels
 * Throws   DATA_FIELD for data without classes, SHAPE for images whose side is not 4 to 7 times 2^k
 * Differs  BigGAN's nets, smaller by default
 */
export const diffaugGan = defineSystem({
  id: "diffaug-gan",
  about: "data and fakes are recoloured, shifted and cut, so that few data are enough",
  data: "mnist",
  options: {
    ...residualOptions,
    policy: policyOption(["colour", "translation", "cutout"], "which changes are made"),
  },
  tiny: tinyResidual,
  chunk: 4,
  build: (o, data) =>
    residualGame(o, data, { loss: hinge(), by: projection, augment: diffAugment(o.policy) }),
});
