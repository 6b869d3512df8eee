import { projection } from "../gan/conditioning/projection.ts";
import { hinge } from "../gan/losses/hinge.ts";
import { residualGame, residualOptions, tinyResidual } from "../gan/residual-game.ts";
import { defineSystem } from "../gan/system.ts";

/**
 * BigGAN: every block hears of the class and of a piece of the code of its own; large batches.
 *
 * Source   Brock, Donahue, Simonyan 2019, arXiv:1809.11096, sections 3 and 4, appendices B and C
 * Shapes   z f32[n,latent] and label i32[n] → image f32[n,c,s,s] in [−1,1]; discriminator: image and
 *          label → score f32[n]
 * Units    rates per step; width in channels
 * Throws   DATA_FIELD for data without classes, SHAPE for images whose side is not 4 to 7 times 2^k
 * Differs  smaller by default, one accumulation; truncation when sampling; no orthogonal penalty
 */
export const biggan = defineSystem({
  id: "biggan",
  about: "every block hears of the class and of a piece of the code of its own; large batches",
  data: "mnist",
  options: residualOptions,
  tiny: tinyResidual,
  chunk: 4,
  build: (o, data) => residualGame(o, data, { loss: hinge(), by: projection }),
});
