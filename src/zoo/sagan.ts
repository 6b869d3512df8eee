import { projection } from "../gan/conditioning/projection.ts";
import { hinge } from "../gan/losses/hinge.ts";
import { orNone, residualGame, residualOptions, tinyResidual } from "../gan/residual-game.ts";
import { count, defineSystem, fraction, positive } from "../gan/system.ts";

/**
 * SAGAN: a map that attends to itself, spectral norm in both nets, two learning rates.
 *
 * Source   Zhang, Goodfellow, Metaxas, Odena 2019, arXiv:1805.08318, section 3 and 4
 * Shapes   z f32[n,latent] and label i32[n] → image f32[n,c,s,s] in [−1,1]; discriminator: image and
 *          label → score f32[n]
 * Units    rates per step; width in channels
 * Throws   DATA_FIELD for data without classes, SHAPE for images whose side is not 4 to 7 times 2^k
 * Differs  smaller by default; keys and values of the attention are pooled as in BigGAN
 */
export const sagan = defineSystem({
  id: "sagan",
  about: "a map that attends to itself, spectral norm in both nets, two learning rates",
  data: "mnist",
  options: {
    ...residualOptions,
    shared: orNone(0, "size of the class vector that blocks share; 0 = each norm has its own"),
    latent: count(128, "size of the noise vector"),
    attention: orNone(1, "how often the map that attends to itself is halved; 0 = none attends"),
    generatorRate: positive(1e-4, "Adam's learning rate of the generator"),
    discriminatorRate: positive(4e-4, "Adam's learning rate of the discriminator"),
    beta2: fraction(0.9, "Adam's decay of the mean squared gradient"),
    discriminatorMoves: count(1, "discriminator moves per generator move"),
  },
  tiny: { ...tinyResidual, shared: 0 },
  chunk: 4,
  build: (o, data) => residualGame(o, data, { loss: hinge(), by: projection }),
});
