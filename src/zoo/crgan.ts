import { projection } from "../gan/conditioning/projection.ts";
import { hinge } from "../gan/losses/hinge.ts";
import { consistency } from "../gan/penalties/consistency.ts";
import { residualGame, residualOptions, tinyResidual } from "../gan/residual-game.ts";
import { defineSystem, positive } from "../gan/system.ts";

/**
 * CR-GAN: what does not change a picture must not change its score.
 *
 * Source   Zhang, Zhang, Odena, Lee 2020, arXiv:1910.12027, equation 2
 * Shapes   z f32[n,latent] and label i32[n] → image f32[n,c,s,s] in [−1,1]; discriminator: image and
 *          label → score f32[n]
 * Units    rates per step; width in channels
 * Throws   DATA_FIELD for data without classes, SHAPE for images whose side is not 4 to 7 times 2^k
 * Differs  BigGAN's nets, smaller by default
 */
export const crgan = defineSystem({
  id: "crgan",
  about: "what does not change a picture must not change its score",
  data: "mnist",
  options: {
    ...residualOptions,
    consistency: positive(10, "weight of how far scores of data move under flips and shifts"),
  },
  tiny: tinyResidual,
  chunk: 4,
  build: (o, data) =>
    residualGame(o, data, {
      loss: hinge(),
      by: projection,
      terms: { discriminator: [consistency({ weight: o.consistency })] },
    }),
});
