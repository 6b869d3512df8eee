import { projection } from "../gan/conditioning/projection.ts";
import { hinge } from "../gan/losses/hinge.ts";
import { orNone, residualGame, residualOptions, tinyResidual } from "../gan/residual-game.ts";
import { count, defineSystem, fraction } from "../gan/system.ts";

/**
 * Projection GAN: spectral norm, and a discriminator that projects features on the class.
 *
 * Source   Miyato, Koyama 2018, arXiv:1802.05637, sections 3 and 6
 * Shapes   z f32[n,latent] and label i32[n] → image f32[n,c,s,s] in [−1,1]; discriminator: image and
 *          label → score f32[n]
 * Units    rates per step; width in channels
 * Throws   DATA_FIELD for data without classes, SHAPE for images whose side is not 4 to 7 times 2^k
 * Differs  smaller by default; samples from averaged weights; constant rates
 */
export const projectionGan = defineSystem({
  id: "projection-gan",
  about: "spectral norm, and a discriminator that projects features on the class",
  data: "mnist",
  options: {
    ...residualOptions,
    shared: orNone(0, "size of the class vector that blocks share; 0 = each norm has its own"),
    latent: count(128, "size of the noise vector"),
    spectral: residualOptions.spectral
      .default("discriminator")
      .describe("whose weights are divided"),
    beta2: fraction(0.9, "Adam's decay of the mean squared gradient"),
    discriminatorMoves: count(5, "discriminator moves per generator move"),
  },
  tiny: { ...tinyResidual, shared: 0 },
  chunk: 4,
  build: (o, data) => residualGame(o, data, { loss: hinge(), by: projection }),
});
