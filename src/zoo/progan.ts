import { z } from "zod";
import { growingGame } from "../gan/growing-game.ts";
import { normal } from "../gan/latent.ts";
import { wasserstein } from "../gan/losses/wasserstein.ts";
import { gradientPenalty } from "../gan/penalties/gradient-penalty.ts";
import { averageRamp, count, defineSystem, fieldOf, fraction, positive } from "../gan/system.ts";
import { drift } from "../gan/terms/drift.ts";
import { adam } from "../nn/adam.ts";
import { average } from "../nn/average.ts";

/**
 * ProGAN: nets that begin with small images and grow, a level at a time, faded in.
 *
 * Source   Karras, Aila, Laine, Lehtinen 2018, arXiv:1710.10196
 * Shapes   z f32[n,latent] → image f32[n,c,s,s], against [−1,1] without tanh; discriminator: image of a
 *          stage's size → score f32[n]
 * Units    rates per step; stageTicks in steps; averageHalfLife in images; width in channels
 * Throws   SHAPE unless the image side is 4 to 7 times a power of two
 * Differs  one batch for all stages; the deviation over the whole batch; narrow by default
 */
export const progan = defineSystem({
  id: "progan",
  about: "nets that begin with small images and grow, a level at a time, faded in",
  data: "mnist",
  options: {
    batch: count(32, "images per step"),
    latent: count(64, "size of the noise vector"),
    width: count(16, "channels at the finest map, doubled at each coarser one"),
    widest: count(64, "most channels of any map"),
    stageTicks: count(600, "steps in which a level is faded in, and as many before the next"),
    deviation: z
      .boolean()
      .default(true)
      .describe("whether the critic sees how much a batch varies"),
    penalty: positive(10, "weight of the gradient penalty"),
    drift: positive(1e-3, "weight of the mean squared score of data"),
    rate: positive(1e-3, "Adam's learning rate of both"),
    beta1: fraction(0, "Adam's decay of the mean gradient"),
    averageHalfLife: positive(10_000, "half-life of the weight average, in images"),
    averageRamp,
  },
  tiny: { batch: 4, latent: 4, width: 2, widest: 4, stageTicks: 1 },
  chunk: 10,
  build(o, data) {
    const moving = () => adam({ rate: o.rate, beta1: o.beta1, beta2: 0.99 });
    const { width, widest, deviation } = o;
    return growingGame({
      field: "image",
      shape: { image: fieldOf(data, "image").shape, width, widest, deviation },
      batch: o.batch,
      latent: normal(o.latent),
      loss: wasserstein(),
      terms: {
        discriminator: [gradientPenalty({ weight: o.penalty }), drift({ weight: o.drift })],
      },
      optimise: () => ({ generator: moving(), discriminator: moving() }),
      ticks: o.stageTicks,
      decay: average({ halfLife: o.averageHalfLife, batch: o.batch, ramp: o.averageRamp }),
    });
  },
});
