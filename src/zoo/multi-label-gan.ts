import { z } from "zod";
import { adversarial } from "../gan/adversarial.ts";
import { ofSigns, severalLabels, withLabel } from "../gan/condition.ts";
import { concatenation } from "../gan/conditioning/concatenation.ts";
import { projection } from "../gan/conditioning/projection.ts";
import { normal, uniform } from "../gan/latent.ts";
import { hinge } from "../gan/losses/hinge.ts";
import { dcganFeatures, dcganGenerator } from "../gan/nets/dcgan.ts";
import { logit } from "../gan/nets/mlp.ts";
import { count, defineSystem, fieldOf, fraction, positive } from "../gan/system.ts";
import { adam } from "../nn/adam.ts";
import { average } from "../nn/average.ts";
import { module } from "../nn/module.ts";
import { spectralNorm } from "../nn/spectral-norm.ts";

const ways = { projection, concatenation };

/**
 * Several labels at once: a vector of them goes to the generator and is projected on by the discriminator.
 *
 * Source   Mirza, Osindero 2014, arXiv:1411.1784, section 4.2; Miyato, Koyama 2018, arXiv:1802.05637
 * Shapes   z f32[n,latent] and labels f32[n,k], 1 or −1 → image f32[n,c,s,s] in [−1,1]; discriminator: image
 *          and labels → score f32[n]
 * Units    rates per step; width in channels of the finest hidden map
 * Throws   DATA_FIELD for data without such labels, SHAPE for images whose side is not 4 to 7 times 2^k
 * Differs  DCGAN's nets with spectral norm in D and the hinge loss; labels are drawn one by one where none are asked for
 */
export const multiLabelGan = defineSystem({
  id: "multi-label-gan",
  about: "images of several labels at once, such as blue and round, in any combination",
  data: "shapes",
  options: {
    batch: count(64, "images per step"),
    latent: count(32, "size of the noise vector"),
    vector: count(4, "numbers made of the labels: as many as the code's soon count alone"),
    width: count(32, "channels of both nets at their finest hidden map"),
    labels: z.string().default("attributes").describe("the data's field of labels"),
    by: z.enum(["projection", "concatenation"]).default("projection").describe("how D is told"),
    rate: positive(2e-4, "Adam's learning rate of both"),
    beta1: fraction(0.5, "Adam's decay of the mean gradient"),
    averageHalfLife: positive(10_000, "half-life of the weight average, in images"),
  },
  tiny: { batch: 4, latent: 4, vector: 4, width: 4 },
  chunk: 10,
  build(o, data) {
    const shape = { image: fieldOf(data, "image").shape, width: o.width };
    const weightTransform = spectralNorm();
    const held = { ...shape, norm: "none", weightTransform } as const;
    const generator = module("g", ofSigns(withLabel(dcganGenerator(shape), 0, o.vector)));
    const optimiser = () => adam({ rate: o.rate, beta1: o.beta1 });
    const by = ways[o.by]({ classes: 0, weightTransform });
    return adversarial({
      field: "image",
      batch: o.batch,
      latent: normal(o.latent),
      generator,
      trunk: module("trunk", dcganFeatures(held)),
      discriminator: module("d", logit({ weightTransform })),
      loss: hinge(),
      condition: { label: o.labels, values: uniform(severalLabels(data, o.labels).length), by },
      optimise: { generator: optimiser(), discriminator: optimiser() },
      average: { of: [generator], decay: average({ halfLife: o.averageHalfLife, batch: o.batch }) },
    });
  },
});
