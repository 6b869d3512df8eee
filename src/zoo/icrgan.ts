import { projection } from "../gan/conditioning/projection.ts";
import { hinge } from "../gan/losses/hinge.ts";
import { balancedConsistency } from "../gan/penalties/balanced-consistency.ts";
import { latentConsistency } from "../gan/penalties/latent-consistency.ts";
import { residualGame, residualOptions, tinyResidual } from "../gan/residual-game.ts";
import { defineSystem, positive } from "../gan/system.ts";
import { latentDiversity } from "../gan/terms/latent-diversity.ts";

/**
 * ICR-GAN: scores stay under changes of both sides' items and under small steps of the code.
 *
 * Source   Zhao, Singh, Lee, Zhang, Odena, Zhang 2021, arXiv:2002.04724, section 3.3
 * Shapes   z f32[n,latent] and label i32[n] → image f32[n,c,s,s] in [−1,1]; discriminator: image and
 *          label → score f32[n]
 * Units    rates per step; width in channels; radius in units of the code
 * Throws   DATA_FIELD for data without classes, SHAPE for images whose side is not 4 to 7 times 2^k
 * Differs  BigGAN's nets, smaller by default; weights of StudioGAN's release 0.4
 */
export const icrgan = defineSystem({
  id: "icrgan",
  about: "scores stay under changes of both sides' items and under small steps of the code",
  data: "mnist",
  options: {
    ...residualOptions,
    consistency: positive(10, "weight of how far scores of both sides move under flips and shifts"),
    latentConsistency: positive(20, "weight of how far scores of fakes move with the code"),
    latentDiversity: positive(0.5, "weight of how far fakes themselves move with the code"),
    radius: positive(0.05, "standard deviation of the step of the code"),
  },
  tiny: tinyResidual,
  chunk: 4,
  build: (o, data) =>
    residualGame(o, data, {
      loss: hinge(),
      by: projection,
      terms: {
        discriminator: [
          balancedConsistency({ weight: o.consistency }),
          latentConsistency({ weight: o.latentConsistency, radius: o.radius }),
        ],
        generator: [latentDiversity({ weight: o.latentDiversity, radius: o.radius })],
      },
    }),
});
