import { nonSaturating } from "../gan/losses/non-saturating.ts";
import { dragan as slopeAroundData } from "../gan/penalties/dragan.ts";
import { plainGame, plainOptions, tinyPlain } from "../gan/plain-game.ts";
import { defineSystem, positive } from "../gan/system.ts";

/**
 * DRAGAN: a discriminator whose slope around the data is 1, whatever the fakes are.
 *
 * Source   Kodali, Abernethy, Hays, Kira 2017, arXiv:1705.07215, algorithm 1
 * Shapes   z f32[n,latent] → image f32[n,c,s,s] in [−1,1] or point f32[n,d]; discriminator: item →
 *          logit f32[n]
 * Units    rates per step; width in channels, or units for points
 * Throws   SHAPE for images whose side is not 4 to 7 times a power of two
 * Differs  the points around data lie on all of their sides; no batch norm in the discriminator, which would
 *          mix its slopes; samples from averaged weights
 */
export const dragan = defineSystem({
  id: "dragan",
  about: "a discriminator whose slope around the data is 1, whatever the fakes are",
  data: "mnist",
  options: {
    ...plainOptions,
    penalty: positive(10, "weight of the slope's distance from 1"),
  },
  tiny: tinyPlain,
  chunk: 10,
  build: (o, data) =>
    plainGame(o, data, {
      loss: nonSaturating(),
      discriminatorNorm: "none",
      terms: { discriminator: [slopeAroundData({ weight: o.penalty })] },
    }),
});
