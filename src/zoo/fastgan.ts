import { adversarial } from "../gan/adversarial.ts";
import { diffAugment, policyOption } from "../gan/augmentation/diff-augment.ts";
import { normal } from "../gan/latent.ts";
import { hinge } from "../gan/losses/hinge.ts";
import { fastganFeatures, fastganGenerator, mapDecoder, patchLogits } from "../gan/nets/fastgan.ts";
import { reconstruction } from "../gan/self-supervision/reconstruction.ts";
import { count, defineSystem, fieldOf, fraction, positive } from "../gan/system.ts";
import { adam } from "../nn/adam.ts";
import { average } from "../nn/average.ts";
import { module } from "../nn/module.ts";
import { spectralNorm } from "../nn/spectral-norm.ts";

/**
 * FastGAN: small maps excite large ones, and a discriminator that must give back data from its maps.
 *
 * Source   Liu, Zhu, Song, Elgammal 2021, arXiv:2101.04775
 * Shapes   z f32[n,latent] → image f32[n,c,s,s] in [−1,1]; discriminator: image → logit of each patch f32[n,p]
 * Units    rates per step; width in channels of the finest map
 * Throws   SHAPE unless the image side is 4 to 7 times a power of two, and 16 or more
 * Differs  decoders by absolute differences, not by a perceptual distance, and both on the last maps; the
 *          discriminator sees no second, smaller image and has no excitation; no noise in use; plain hinge
 */
export const fastgan = defineSystem({
  id: "fastgan",
  about: "small maps excite large ones; the discriminator gives back data from its maps; few data",
  data: "mnist",
  options: {
    batch: count(16, "images per step"),
    latent: count(64, "size of the noise vector"),
    width: count(16, "channels at the finest map, doubled at each coarser one up to 16 times"),
    reconstruction: positive(1, "weight of the decoders in the discriminator's loss"),
    policy: policyOption(
      ["colour", "translation"],
      "how data and fakes are changed before the discriminator sees them; [] = not",
    ),
    rate: positive(2e-4, "Adam's learning rate of both"),
    beta1: fraction(0.5, "Adam's decay of the mean gradient"),
    averageHalfLife: positive(10_000, "half-life of the weight average, in images"),
  },
  tiny: { batch: 2, latent: 4, width: 2 },
  chunk: 4,
  build(o, data) {
    const image = fieldOf(data, "image").shape;
    const shape = { image, width: o.width, weightTransform: spectralNorm() };
    const generator = module("g", fastganGenerator(shape));
    const [whole, part] = ["whole", "part"].map((name) =>
      module(name, mapDecoder(shape, image[1]! / 2)),
    ) as [typeof generator, typeof generator];
    const optimiser = () => adam({ rate: o.rate, beta1: o.beta1 });
    return adversarial({
      field: "image",
      batch: o.batch,
      latent: normal(o.latent),
      generator,
      trunk: module("trunk", fastganFeatures(shape)),
      discriminator: module("d", patchLogits(shape)),
      loss: hinge(),
      augment: diffAugment(o.policy),
      heads: [whole, part],
      terms: { discriminator: [reconstruction({ whole, part, weight: o.reconstruction })] },
      optimise: { generator: optimiser(), discriminator: optimiser() },
      average: { of: [generator], decay: average({ halfLife: o.averageHalfLife, batch: o.batch }) },
    });
  },
});
