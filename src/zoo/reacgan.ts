import { dataToData } from "../gan/conditioning/data-to-data.ts";
import { hinge } from "../gan/losses/hinge.ts";
import { residualGame, tinyResidual, weightedOptions } from "../gan/residual-game.ts";
import { defineSystem } from "../gan/system.ts";

/**
 * ReACGAN: AC-GAN on the unit sphere, with a loss that lets easy pairs go.
 *
 * Source   Kang, Shim, Cho, Park 2021, arXiv:2111.01118, equation 8
 * Shapes   z f32[n,latent] and label i32[n] → image f32[n,c,s,s] in [−1,1]; discriminator: image and
 *          label → score f32[n]
 * Units    rates per step; width in channels
 * Throws   DATA_FIELD for data without classes, SHAPE for images whose side is not 4 to 7 times 2^k
 * Differs  BigGAN's nets without its large batches
 */
export const reacgan = defineSystem({
  id: "reacgan",
  about: "AC-GAN on the unit sphere, with a loss that lets easy pairs go",
  data: "mnist",
  options: weightedOptions,
  tiny: tinyResidual,
  chunk: 4,
  build: (o, data) => residualGame(o, data, { loss: hinge(), by: dataToData }),
});
