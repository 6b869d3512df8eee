import { leastSquares } from "../gan/losses/least-squares.ts";
import { plainGame, plainOptions, tinyPlain } from "../gan/plain-game.ts";
import { defineSystem } from "../gan/system.ts";

/**
 * LSGAN: the labels 0 and 1 by regression, so that a fake far on the right side still learns.
 *
 * Source   Mao, Li, Xie, Lau, Wang, Smolley 2017, arXiv:1611.04076, equation 9
 * Shapes   z f32[n,latent] → image f32[n,c,s,s] in [−1,1] or point f32[n,d]; discriminator: item →
 *          score f32[n]
 * Units    rates per step; width in channels, or units for points
 * Throws   SHAPE for images whose side is not 4 to 7 times a power of two
 * Differs  DCGAN's nets without VGG's extra layers; samples from averaged weights
 */
export const lsgan = defineSystem({
  id: "lsgan",
  about: "the labels 0 and 1 by regression, so that a fake far on the right side still learns",
  data: "mnist",
  options: plainOptions,
  tiny: tinyPlain,
  chunk: 10,
  build: (o, data) => plainGame(o, data, { loss: leastSquares(), discriminatorNorm: "batch" }),
});
