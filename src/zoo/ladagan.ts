import { z } from "zod";
import { adversarial } from "../gan/adversarial.ts";
import { diffAugment } from "../gan/augmentation/diff-augment.ts";
import { normal } from "../gan/latent.ts";
import { nonSaturating } from "../gan/losses/non-saturating.ts";
import { ladaFeatures, ladaGenerator } from "../gan/nets/ladagan.ts";
import { logit } from "../gan/nets/mlp.ts";
import { r1 } from "../gan/penalties/r1.ts";
import { count, defineSystem, fieldOf, fraction, positive } from "../gan/system.ts";
import { adam } from "../nn/adam.ts";
import { additiveAttention } from "../nn/additive-attention.ts";
import { average } from "../nn/average.ts";
import { dotProductAttention } from "../nn/dot-product-attention.ts";
import { module } from "../nn/module.ts";

/** How tokens attend: in time that grows with their number, or with its square. */
const attentions = { additive: additiveAttention, "dot-product": dotProductAttention };

/**
 * LadaGAN: transformers whose attention makes one vector of all pixels, in linear time.
 *
 * Source   Morales-Juarez, Fuentes 2024, arXiv:2401.09596
 * Shapes   z f32[n,latent] → image f32[n,c,s,s] in [−1,1]; discriminator: image → logit f32[n]
 * Units    rates per step; width in channels of the finest map that attends
 * Throws   SHAPE unless the image side is 4 to 7 times a power of two and `heads` divides `width`
 * Differs  narrower by default (the paper's width is 64); a tanh ends the generator; an image has one
 *          logit, not one a patch
 */
export const ladagan = defineSystem({
  id: "ladagan",
  about: "transformers whose attention makes one vector of all pixels, in linear time",
  data: "mnist",
  options: {
    batch: count(64, "images per step"),
    latent: count(64, "size of the noise vector"),
    width: count(16, "channels at the finest map, times 4 at each coarser one"),
    heads: count(4, "parts of the channels that attend on their own"),
    attention: z
      .enum(["additive", "dot-product"])
      .default("additive")
      .describe("whether pixels hear one vector of all, as in the paper, or each hears each"),
    generatorRate: positive(2e-4, "Adam's learning rate of the generator"),
    discriminatorRate: positive(2e-4, "Adam's learning rate of the discriminator"),
    beta1: fraction(0.5, "Adam's decay of the mean gradient"),
    penalty: positive(0.01, "weight of the squared gradient at data (R1)"),
    augment: z.boolean().default(true).describe("whether the discriminator sees changed images"),
    averageHalfLife: positive(10_000, "half-life of the weight average, in images"),
  },
  tiny: { batch: 2, latent: 4, width: 2, heads: 2 },
  chunk: 4,
  build(o, data) {
    const shape = { image: fieldOf(data, "image").shape, width: o.width, heads: o.heads };
    const attention = attentions[o.attention];
    const generator = module("g", ladaGenerator(shape, attention));
    const moving = (rate: number) => adam({ rate, beta1: o.beta1, beta2: 0.99 });
    return adversarial({
      field: "image",
      batch: o.batch,
      latent: normal(o.latent),
      generator,
      trunk: module("trunk", ladaFeatures(shape, attention)),
      discriminator: module("d", logit()),
      loss: nonSaturating(),
      ...(o.augment && { augment: diffAugment(["colour", "translation"]) }),
      terms: { discriminator: [r1({ weight: o.penalty })] },
      optimise: { generator: moving(o.generatorRate), discriminator: moving(o.discriminatorRate) },
      average: { of: [generator], decay: average({ halfLife: o.averageHalfLife, batch: o.batch }) },
    });
  },
});
