import { z } from "zod";
import { adversarial } from "../gan/adversarial.ts";
import { normal } from "../gan/latent.ts";
import { divergenceIds, fDivergence } from "../gan/losses/f-divergence.ts";
import { netPair } from "../gan/nets/pair.ts";
import { count, defineSystem, fraction, imitated, positive } from "../gan/system.ts";
import { adam } from "../nn/adam.ts";
import { average } from "../nn/average.ts";
import { module } from "../nn/module.ts";

/**
 * f-GAN: the discriminator estimates an f-divergence of one's choice, which the generator lowers.
 *
 * Source   Nowozin, Cseke, Tomioka 2016, arXiv:1606.00709, sections 2 and 3
 * Shapes   z f32[n,latent] → image f32[n,c,s,s] in [−1,1] or point f32[n,d]; discriminator: item → logit f32[n]
 * Units    rates per step; width in channels for images, in units of each of two hidden layers for points
 * Throws   SHAPE for images whose side is not 4 to 7 times a power of two
 * Differs  alternating moves of Adam where the paper's algorithm 1 is one simultaneous step; samples
 *          from averaged weights
 */
export const fGan = defineSystem({
  id: "f-gan",
  about: "the discriminator estimates an f-divergence of one's choice, which the generator lowers",
  data: "ring8",
  options: {
    batch: count(128, "items per step"),
    latent: count(16, "size of the noise vector"),
    width: count(128, "units of each hidden layer, or channels at the finest map"),
    divergence: z.enum(divergenceIds).default("hellinger").describe("of data from fakes"),
    generatorRate: positive(1e-3, "Adam's learning rate of the generator"),
    discriminatorRate: positive(1e-3, "Adam's learning rate of the discriminator"),
    beta1: fraction(0, "Adam's decay of the mean gradient"),
    averageHalfLife: positive(20_000, "half-life of the weight average, in items"),
  },
  presets: {
    ring8: {
      about: "all eight modes by the squared Hellinger distance",
      options: { latent: 4, width: 64 },
      steps: 3000,
      data: { source: "ring8", options: { scale: 0.5 } },
    },
  },
  tiny: { batch: 4, latent: 2, width: 8 },
  chunk: 50,
  build(o, data) {
    const { field, item } = imitated(data);
    const nets = netPair({ item, width: o.width });
    const generator = module("g", nets.generator);
    return adversarial({
      field,
      batch: o.batch,
      latent: normal(o.latent),
      generator,
      discriminator: module("d", nets.discriminator),
      loss: fDivergence({ divergence: o.divergence }),
      optimise: {
        generator: adam({ rate: o.generatorRate, beta1: o.beta1 }),
        discriminator: adam({ rate: o.discriminatorRate, beta1: o.beta1 }),
      },
      average: {
        of: [generator],
        decay: average({ halfLife: o.averageHalfLife, batch: o.batch }),
      },
    });
  },
});
