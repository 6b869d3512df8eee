import { z } from "zod";
import { adversarial } from "../gan/adversarial.ts";
import { normal } from "../gan/latent.ts";
import { wasserstein } from "../gan/losses/wasserstein.ts";
import { netPair } from "../gan/nets/pair.ts";
import { groundMetric } from "../gan/penalties/ground-metric.ts";
import { count, defineSystem, fieldOf, fraction, positive } from "../gan/system.ts";
import { adam } from "../nn/adam.ts";
import { average } from "../nn/average.ts";
import { module } from "../nn/module.ts";

/**
 * WWGAN: WGAN-GP in which pictures are as far apart as their light must travel, so that a critic may
 * not change much where a picture merely moves.
 *
 * Source   Dukler, Li, Lin, Montúfar 2019, Wasserstein of Wasserstein loss, PMLR 97
 * Shapes   z f32[n,latent] → image f32[n,c,s,s] in [−1,1]; critic: image → score f32[n]
 * Units    rates per step; width in channels at the finest map; slopes in score per pixel moved
 * Throws   DATA_FIELD for data without images; SHAPE for a side that is not 4 to 7 times a power of two
 * Differs  four neighbours of a pixel where the authors' last code takes eight; samples come from an
 *          average of the generator's weights
 */
export const wwgan = defineSystem({
  id: "wwgan",
  about: "WGAN-GP in which pictures are as far apart as their light must travel",
  data: "mnist",
  options: {
    batch: count(32, "images per step"),
    latent: count(12, "size of the noise vector"),
    width: count(16, "channels at the finest map"),
    rate: positive(1e-3, "Adam's learning rate of the generator"),
    criticRate: positive(1e-3, "Adam's learning rate of the critic"),
    beta1: fraction(0, "Adam's decay of the mean gradient"),
    beta2: fraction(0.9, "Adam's decay of the mean squared gradient"),
    penalty: positive(4, "weight of the penalty on the slope"),
    mass: z
      .number()
      .min(0)
      .default(0.1)
      .describe("share of the slope along the total light, which moving leaves free"),
    criticMoves: count(2, "critic moves per generator move"),
    averageHalfLife: positive(10_000, "half-life of the weight average, in images"),
  },
  tiny: { batch: 4, latent: 4, width: 4 },
  chunk: 1,
  build(o, data) {
    const nets = netPair({ item: fieldOf(data, "image").shape, width: o.width });
    const generator = module("g", nets.generator);
    const betas = { beta1: o.beta1, beta2: o.beta2 };
    return adversarial({
      field: "image",
      batch: o.batch,
      latent: normal(o.latent),
      generator,
      discriminator: module("d", nets.discriminator),
      loss: wasserstein(),
      terms: { discriminator: [groundMetric({ weight: o.penalty, mass: o.mass })] },
      optimise: {
        generator: adam({ rate: o.rate, ...betas }),
        discriminator: adam({ rate: o.criticRate, ...betas }),
      },
      discriminatorMoves: o.criticMoves,
      average: {
        of: [generator],
        decay: average({ halfLife: o.averageHalfLife, batch: o.batch }),
      },
    });
  },
});
