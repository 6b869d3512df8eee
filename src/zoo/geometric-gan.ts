import { hinge } from "../gan/losses/hinge.ts";
import { plainGame, plainOptions, tinyPlain } from "../gan/plain-game.ts";
import { count, defineSystem } from "../gan/system.ts";

/**
 * Geometric GAN: the discriminator is a support vector machine, and a margin is all it asks for.
 *
 * Source   Lim, Ye 2017, arXiv:1705.02894, equations 15 and 16
 * Shapes   z f32[n,latent] → image f32[n,c,s,s] in [−1,1] or point f32[n,d]; discriminator: item →
 *          score f32[n]
 * Units    rates per step; width in channels, or units for points
 * Throws   SHAPE for images whose side is not 4 to 7 times a power of two
 * Differs  DCGAN's nets and Adam, two discriminator moves, as StudioGAN compares it; samples from averaged
 *          weights
 */
export const geometricGan = defineSystem({
  id: "geometric-gan",
  about: "the discriminator is a support vector machine, and a margin is all it asks for",
  data: "mnist",
  options: {
    ...plainOptions,
    discriminatorMoves: count(2, "discriminator moves per generator move"),
  },
  tiny: tinyPlain,
  chunk: 10,
  build: (o, data) => plainGame(o, data, { loss: hinge(), discriminatorNorm: "batch" }),
});
