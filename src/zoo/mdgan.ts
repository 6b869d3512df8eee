import { multiDiscriminator } from "../gan/conditioning/multi-discriminator.ts";
import { nonSaturating } from "../gan/losses/non-saturating.ts";
import { r1 } from "../gan/penalties/r1.ts";
import { residualGame, residualOptions, tinyResidual } from "../gan/residual-game.ts";
import { count, defineSystem, positive } from "../gan/system.ts";

/**
 * MDGAN: one output of the discriminator for each class, of which an item is judged by its own.
 *
 * Source   Mescheder, Geiger, Nowozin 2018, arXiv:1801.04406; StudioGAN's MDGAN, arXiv:2206.09479
 * Shapes   z f32[n,latent] and label i32[n] → image f32[n,c,s,s] in [−1,1]; discriminator: image →
 *          scores f32[n,K] as each class, of which label's is the score f32[n]
 * Units    rates per step; width in channels
 * Throws   DATA_FIELD for data without classes, SHAPE for images whose side is not 4 to 7 times 2^k
 * Differs  BigGAN's nets as in StudioGAN, smaller by default and without attention unless asked for
 */
export const mdgan = defineSystem({
  id: "mdgan",
  about: "one output of the discriminator for each class, of which an item is judged by its own",
  data: "mnist",
  options: {
    ...residualOptions,
    discriminatorMoves: count(1, "discriminator moves per generator move"),
    penalty: positive(1, "weight of the squared gradient at data (R1)"),
  },
  tiny: tinyResidual,
  chunk: 4,
  build: (o, data) =>
    residualGame(o, data, {
      loss: nonSaturating(),
      by: multiDiscriminator,
      terms: { discriminator: [r1({ weight: o.penalty })] },
    }),
});
