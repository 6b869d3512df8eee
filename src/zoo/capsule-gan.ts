import { adversarial } from "../gan/adversarial.ts";
import { capsuleMargin } from "../gan/capsule-margin.ts";
import { normal } from "../gan/latent.ts";
import { capsuleLayers } from "../gan/nets/capsule.ts";
import { dcganGenerator } from "../gan/nets/dcgan.ts";
import { count, defineSystem, fieldOf, fraction, positive } from "../gan/system.ts";
import { adam } from "../nn/adam.ts";
import { average } from "../nn/average.ts";
import { batchNorm } from "../nn/batch-norm.ts";
import { module } from "../nn/module.ts";

/**
 * Capsules as a discriminator: parts of a picture vote, and what they agree on decides.
 *
 * Source   Upadhyay, Schrater 2018, arXiv:1806.03796; capsules of Sabour et al. 2017, arXiv:1710.09829
 * Shapes   z f32[n,latent] → image f32[n,c,s,s] in [−1,1]; discriminator: image → lengths f32[n,2] of a
 *          capsule for data and one for fakes
 * Units    rates per step; width and kinds in channels; capsuleSize in numbers
 * Throws   SHAPE unless the image side is 4 to 7 times a power of two
 * Differs  two capsules at the end, since a single one has nothing to be routed against; 4x4 kernels in
 *          the place of 9x9, for small images; batch norm before the primary capsules are read, without
 *          which a discriminator of convolutions teaches better; no variants that are told of classes
 */
export const capsuleGan = defineSystem({
  id: "capsule-gan",
  about: "a discriminator of capsules: parts of a picture vote, and what they agree on decides",
  data: "mnist",
  options: {
    batch: count(64, "images per step"),
    latent: count(64, "size of the noise vector"),
    width: count(32, "generator's channels at its finest hidden map, doubled at each coarser one"),
    discriminatorWidth: count(32, "channels of the discriminator's first convolution"),
    kinds: count(8, "kinds of primary capsules"),
    capsuleSize: count(8, "numbers of a primary capsule, half those of a last one"),
    rounds: count(3, "rounds of routing by agreement"),
    generatorRate: positive(2e-4, "Adam's learning rate of the generator"),
    discriminatorRate: positive(2e-4, "Adam's learning rate of the discriminator"),
    beta1: fraction(0.5, "Adam's decay of the mean gradient"),
    averageHalfLife: positive(10_000, "half-life of the weight average, in images"),
  },
  tiny: { batch: 2, latent: 4, width: 4, discriminatorWidth: 4, kinds: 2, capsuleSize: 2 },
  chunk: 10,
  build(o, data) {
    const image = fieldOf(data, "image").shape;
    const { kinds, capsuleSize: size, rounds } = o;
    const sizes = { image, width: o.discriminatorWidth, kinds, size, rounds, answers: 2 };
    const judging = { ...sizes, norm: batchNorm() };
    const generator = module("g", dcganGenerator({ image, width: o.width }));
    return adversarial({
      field: "image",
      batch: o.batch,
      latent: normal(o.latent),
      generator,
      discriminator: module("d", capsuleLayers(judging)),
      loss: capsuleMargin(),
      optimise: {
        generator: adam({ rate: o.generatorRate, beta1: o.beta1 }),
        discriminator: adam({ rate: o.discriminatorRate, beta1: o.beta1 }),
      },
      average: { of: [generator], decay: average({ halfLife: o.averageHalfLife, batch: o.batch }) },
    });
  },
});
