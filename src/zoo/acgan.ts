import { auxiliaryClassifier } from "../gan/conditioning/auxiliary-classifier.ts";
import { hinge } from "../gan/losses/hinge.ts";
import { residualGame, tinyResidual, weightedOptions } from "../gan/residual-game.ts";
import { defineSystem } from "../gan/system.ts";

/**
 * ACGAN: a discriminator that also classifies; fakes are to be classified as asked for.
 *
 * Source   Odena, Olah, Shlens 2017, arXiv:1610.09585, equations 2 and 3
 * Shapes   z f32[n,latent] and label i32[n] → image f32[n,c,s,s] in [−1,1]; discriminator: image and
 *          label → score f32[n]
 * Units    rates per step; width in channels
 * Throws   DATA_FIELD for data without classes, SHAPE for images whose side is not 4 to 7 times 2^k
 * Differs  BigGAN's nets and hinge loss, as StudioGAN compares it, where the paper has DCGAN's
 */
export const acgan = defineSystem({
  id: "acgan",
  about: "a discriminator that also classifies; fakes are to be classified as asked for",
  data: "mnist",
  options: weightedOptions,
  tiny: tinyResidual,
  chunk: 4,
  build: (o, data) => residualGame(o, data, { loss: hinge(), by: auxiliaryClassifier }),
});
