import { z } from "zod";
import { adversarial } from "../gan/adversarial.ts";
import type { Duel } from "../gan/duel.ts";
import { normal } from "../gan/latent.ts";
import { nonSaturating } from "../gan/losses/non-saturating.ts";
import { dcganDiscriminator, dcganGenerator, dcganGeneratorMaps } from "../gan/nets/dcgan.ts";
import { count, defineSystem, fieldOf, fraction, positive } from "../gan/system.ts";
import { sparsity } from "../gan/terms/sparsity.ts";
import { adam } from "../nn/adam.ts";
import { average } from "../nn/average.ts";
import { module } from "../nn/module.ts";

/**
 * Sparse modelling: a generator's last hidden maps are the sparse code of a picture.
 *
 * Source   Ganz, Elad 2021, Improved Image Generation via Sparse Modeling, arXiv:2104.00464
 * Shapes   z f32[n,latent] → image f32[n,c,s,s] in [−1,1]; discriminator: image → logit f32[n]
 * Units    rates per step; averageHalfLife in images; sparsity weighs a mean over activations
 * Throws   SHAPE unless the image side is 4 to 7 times a power of two
 * Differs  DCGAN's nets alone; the mean of activations where the source has their sum
 */
export const sparseGenerator = defineSystem({
  id: "sparse-generator",
  about: "the generator's last maps are a sparse code, of which a dictionary makes the picture",
  data: "mnist",
  options: {
    batch: count(64, "images per step"),
    latent: count(64, "size of the noise vector"),
    width: count(32, "channels of both nets at their finest hidden map"),
    layers: count(1, "hidden maps that are to be sparse, from the finest on"),
    sparsity: z.number().min(0).default(0.05).describe("weight of the size of those maps"),
    generatorRate: positive(2e-4, "Adam's learning rate of the generator"),
    discriminatorRate: positive(2e-4, "Adam's learning rate of the discriminator"),
    beta1: fraction(0.5, "Adam's decay of the mean gradient"),
    averageHalfLife: positive(10_000, "half-life of the weight average, in images"),
  },
  tiny: { batch: 4, latent: 4, width: 4 },
  chunk: 10,
  build(o, data) {
    const shape = { image: fieldOf(data, "image").shape, width: o.width };
    const generator = module("g", dcganGenerator(shape));
    const maps = module("g", dcganGeneratorMaps(shape));
    const of = ({ turn, codes }: Duel) => turn.call(maps, codes).slice(0, -1).slice(-o.layers);
    return adversarial({
      field: "image",
      batch: o.batch,
      latent: normal(o.latent),
      generator,
      discriminator: module("d", dcganDiscriminator(shape)),
      loss: nonSaturating(),
      terms: { generator: o.sparsity > 0 ? [sparsity({ weight: o.sparsity, of })] : [] },
      optimise: {
        generator: adam({ rate: o.generatorRate, beta1: o.beta1 }),
        discriminator: adam({ rate: o.discriminatorRate, beta1: o.beta1 }),
      },
      average: { of: [generator], decay: average({ halfLife: o.averageHalfLife, batch: o.batch }) },
    });
  },
});
