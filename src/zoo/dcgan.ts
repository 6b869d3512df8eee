import { adversarial } from "../gan/adversarial.ts";
import { normal } from "../gan/latent.ts";
import { nonSaturating } from "../gan/losses/non-saturating.ts";
import { dcganDiscriminator, dcganGenerator } from "../gan/nets/dcgan.ts";
import { count, defineSystem, fieldOf, fraction, positive } from "../gan/system.ts";
import { adam } from "../nn/adam.ts";
import { average } from "../nn/average.ts";
import { module } from "../nn/module.ts";

/** Narrow nets, small batches and a small code: many cheap steps. No momentum, so faster rates hold. */
const digits = {
  batch: 32,
  latent: 12,
  width: 24,
  discriminatorWidth: 24,
  beta1: 0,
  generatorRate: 1e-3,
  discriminatorRate: 1e-3,
};

/**
 * DCGAN: strided convolutions, batch norm and Adam made GANs on images trainable.
 *
 * Source   Radford, Metz, Chintala 2015, arXiv:1511.06434
 * Shapes   z f32[n,latent] → image f32[n,c,s,s] in [−1,1]; discriminator: image → logit f32[n]
 * Units    rates per step; averageHalfLife in images shown
 * Throws   SHAPE unless the image side is 4 to 7 times a power of two
 * Differs  samples come from an average of the generator's weights, which the paper did not keep
 */
export const dcgan = defineSystem({
  id: "dcgan",
  about: "strided convolutions, batch norm and Adam made GANs on images trainable",
  data: "mnist",
  options: {
    batch: count(64, "images per step"),
    latent: count(100, "size of the noise vector"),
    width: count(64, "generator's channels at its finest hidden map, doubled at each coarser one"),
    discriminatorWidth: count(64, "the same of the discriminator"),
    generatorRate: positive(2e-4, "Adam's learning rate of the generator"),
    discriminatorRate: positive(2e-4, "Adam's learning rate of the discriminator"),
    beta1: fraction(0.5, "Adam's decay of the mean gradient"),
    averageHalfLife: positive(50_000, "half-life of the weight average, in images"),
  },
  presets: {
    "first-light": {
      about: "MNIST digits in under five minutes on two cores",
      options: digits,
      steps: 7000,
      minutes: 5,
      data: { source: "mnist" },
    },
    digits: {
      about: "better MNIST digits, in ten minutes or so",
      options: { ...digits, averageHalfLife: 100_000 },
      steps: 18_000,
      minutes: 15,
      data: { source: "mnist" },
    },
  },
  tiny: { batch: 4, latent: 8, width: 4, discriminatorWidth: 4 },
  chunk: 10,
  build(o, data) {
    const image = fieldOf(data, "image").shape;
    const generator = module("g", dcganGenerator({ image, width: o.width }));
    const discriminator = module("d", dcganDiscriminator({ image, width: o.discriminatorWidth }));
    return adversarial({
      field: "image",
      batch: o.batch,
      latent: normal(o.latent),
      generator,
      discriminator,
      loss: nonSaturating(),
      optimise: {
        generator: adam({ rate: o.generatorRate, beta1: o.beta1 }),
        discriminator: adam({ rate: o.discriminatorRate, beta1: o.beta1 }),
      },
      average: {
        of: [generator],
        decay: average({ halfLife: o.averageHalfLife, batch: o.batch, ramp: 0.1 }),
      },
    });
  },
});
