import { z } from "zod";
import { adversarial } from "../gan/adversarial.ts";
import { normal } from "../gan/latent.ts";
import { minimax } from "../gan/losses/minimax.ts";
import { nonSaturating } from "../gan/losses/non-saturating.ts";
import { netPair } from "../gan/nets/pair.ts";
import { count, defineSystem, fraction, imitated, positive } from "../gan/system.ts";
import { unrolled } from "../gan/unroll.ts";
import { tanh } from "../nn/activations.ts";
import { adam } from "../nn/adam.ts";
import { average } from "../nn/average.ts";
import { module } from "../nn/module.ts";

/**
 * Unrolled GAN: the generator answers the discriminator as it will be some steps from now.
 *
 * Source   Metz, Poole, Pfau, Sohl-Dickstein 2017, arXiv:1611.02163, section 3.1
 * Shapes   z f32[n,latent] → image f32[n,c,s,s] in [−1,1] or point f32[n,d]; discriminator: item → logit f32[n]
 * Units    rates per step; width in channels for images, in units of each of two hidden layers for points
 * Throws   SHAPE for images whose side is not 4 to 7 times a power of two
 * Differs  the foreseen steps are plain gradient descent where the paper unrolls Adam; Xavier's first
 *          weights where the paper has orthogonal ones; samples from averaged weights
 */
export const unrolledGan = defineSystem({
  id: "unrolled-gan",
  about: "the generator answers the discriminator as it will be some steps from now",
  data: "ring8",
  options: {
    batch: count(512, "items per step"),
    latent: count(256, "size of the noise vector"),
    width: count(128, "units of each hidden layer, or channels at the finest map"),
    loss: z
      .enum(["non-saturating", "minimax"])
      .default("minimax")
      .describe("what the generator minimises: -log D or log(1 - D)"),
    unrollSteps: z
      .int()
      .min(0)
      .default(5)
      .describe("discriminator steps that the generator foresees; 0 is a plain GAN"),
    unrollRate: positive(0.1, "learning rate of the foreseen steps, of gradient descent"),
    generatorRate: positive(1e-3, "Adam's learning rate of the generator"),
    discriminatorRate: positive(1e-4, "Adam's learning rate of the discriminator"),
    beta1: fraction(0.5, "Adam's decay of the mean gradient"),
    averageHalfLife: positive(20_000, "half-life of the weight average, in items"),
  },
  presets: {
    ring8: {
      about: "all eight modes with a discriminator as fast as its generator",
      options: {
        batch: 128,
        latent: 4,
        width: 64,
        unrollSteps: 3,
        discriminatorRate: 1e-3,
        beta1: 0,
      },
      steps: 3000,
      data: { source: "ring8", options: { scale: 0.5 } },
    },
  },
  tiny: { batch: 4, latent: 2, width: 8, unrollSteps: 2 },
  chunk: 50,
  build(o, data) {
    const { field, item } = imitated(data);
    const nets = netPair({ item, width: o.width, activation: tanh });
    const generator = module("g", nets.generator);
    const loss = o.loss === "minimax" ? minimax() : nonSaturating();
    return adversarial({
      field,
      batch: o.batch,
      latent: normal(o.latent),
      generator,
      discriminator: module("d", nets.discriminator),
      loss: unrolled(loss, { steps: o.unrollSteps, rate: o.unrollRate }),
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
