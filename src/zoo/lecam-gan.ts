import { projection } from "../gan/conditioning/projection.ts";
import { hinge } from "../gan/losses/hinge.ts";
import { leCam } from "../gan/penalties/le-cam.ts";
import { residualGame, residualOptions, tinyResidual } from "../gan/residual-game.ts";
import { defineSystem, fraction, positive } from "../gan/system.ts";

/**
 * LeCam-GAN: scores are held near the running mean of the other side's, for few data.
 *
 * Source   Tseng, Jiang, Liu, Yang, Yang 2021, arXiv:2104.03310, section 3.1
 * Shapes   z f32[n,latent] and label i32[n] → image f32[n,c,s,s] in [−1,1]; discriminator: image and
 *          label → score f32[n]
 * Units    rates per step; width in channels
 * Throws   DATA_FIELD for data without classes, SHAPE for images whose side is not 4 to 7 times 2^k
 * Differs  BigGAN's nets, smaller by default; the term acts from the second step on, not the thousandth
 */
export const lecamGan = defineSystem({
  id: "lecam-gan",
  about: "scores are held near the running mean of the other side's, for few data",
  data: "mnist",
  options: {
    ...residualOptions,
    penalty: positive(0.3, "weight of how far scores are from the other side's past"),
    decay: fraction(0.99, "weight of the old in the running means"),
  },
  tiny: tinyResidual,
  chunk: 4,
  build(o, data) {
    const held = leCam({ weight: o.penalty, decay: o.decay });
    return residualGame(o, data, {
      loss: hinge(),
      by: projection,
      terms: { discriminator: [held] },
    });
  },
});
