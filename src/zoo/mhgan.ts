import { multiHinge } from "../gan/conditioning/multi-hinge.ts";
import { hinge } from "../gan/losses/hinge.ts";
import { residualGame, residualOptions, tinyResidual } from "../gan/residual-game.ts";
import { defineSystem } from "../gan/system.ts";

/**
 * MHGAN: one score for each class and one for fakes, with margins between all of them.
 *
 * Source   Kavalerov, Czaja, Chellappa 2021, arXiv:1912.04216, equations 4 and 5
 * Shapes   z f32[n,latent] and label i32[n] → image f32[n,c,s,s] in [−1,1]; discriminator: image and
 *          label → score f32[n] of each class and of fakes, f32[n,K+1]
 * Units    rates per step; width in channels
 * Throws   DATA_FIELD for data without classes, SHAPE for images whose side is not 4 to 7 times 2^k
 * Differs  BigGAN's nets without its large batches; no feature matching in the generator's loss
 */
export const mhgan = defineSystem({
  id: "mhgan",
  about: "one score for each class and one for fakes, with margins between all of them",
  data: "mnist",
  options: residualOptions,
  tiny: tinyResidual,
  chunk: 4,
  build: (o, data) => residualGame(o, data, { loss: hinge(), by: multiHinge }),
});
