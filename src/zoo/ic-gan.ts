import { adversarial } from "../gan/adversarial.ts";
import { withLabel } from "../gan/condition.ts";
import { projection } from "../gan/conditioning/projection.ts";
import { normal } from "../gan/latent.ts";
import { hinge } from "../gan/losses/hinge.ts";
import { dcganFeatures, dcganGenerator } from "../gan/nets/dcgan.ts";
import { logit } from "../gan/nets/mlp.ts";
import { count, defineSystem, fieldOf, fraction, positive } from "../gan/system.ts";
import { adam } from "../nn/adam.ts";
import { average } from "../nn/average.ts";
import { module } from "../nn/module.ts";
import { spectralNorm } from "../nn/spectral-norm.ts";

/**
 * IC-GAN: each image is made like an instance of the data, and judged beside that instance's neighbours.
 *
 * Source   Casanova, Careil, Verbeek, Drozdzal, Romero-Soriano 2021, arXiv:2109.05070, section 3.1
 * Shapes   z f32[n,latent] and condition f32[n,d], what describes an instance → image f32[n,c,s,s] in
 *          [−1,1]; discriminator: image and condition → score f32[n]
 * Units    rates per step; width in channels; conditions have unit deviation
 * Throws   DATA_FIELD for data without an image and its instance's condition, SHAPE for images whose side
 *          is not 4 to 7 times 2^k
 * Differs  conditions are whitened, so that normal ones stand for new instances; DCGAN's nets with spectral
 *          norm in D; without the variant that is told of classes too
 */
export const icGan = defineSystem({
  id: "ic-gan",
  about: "images like an instance of the data, judged beside that instance's neighbours",
  data: "instances",
  options: {
    batch: count(64, "images per step"),
    latent: count(32, "size of the noise vector"),
    vector: count(16, "numbers that the generator makes of a condition"),
    width: count(32, "channels of both nets at their finest hidden map"),
    generatorRate: positive(2e-4, "Adam's learning rate of the generator"),
    discriminatorRate: positive(2e-4, "Adam's learning rate of the discriminator"),
    beta1: fraction(0.5, "Adam's decay of the mean gradient"),
    averageHalfLife: positive(10_000, "half-life of the weight average, in images"),
  },
  tiny: { batch: 4, latent: 4, vector: 4, width: 4 },
  chunk: 10,
  build(o, data) {
    const shape = { image: fieldOf(data, "image").shape, width: o.width };
    const values = normal(fieldOf(data, "condition").shape[0] ?? 1);
    const weightTransform = spectralNorm();
    const held = { ...shape, norm: "none", weightTransform } as const;
    const generator = module("g", withLabel(dcganGenerator(shape), 0, o.vector));
    const by = projection({ classes: 0, weightTransform });
    return adversarial({
      field: "image",
      batch: o.batch,
      latent: normal(o.latent),
      generator,
      trunk: module("trunk", dcganFeatures(held)),
      discriminator: module("d", logit({ weightTransform })),
      loss: hinge(),
      condition: { label: "condition", values, by },
      optimise: {
        generator: adam({ rate: o.generatorRate, beta1: o.beta1 }),
        discriminator: adam({ rate: o.discriminatorRate, beta1: o.beta1 }),
      },
      average: { of: [generator], decay: average({ halfLife: o.averageHalfLife, batch: o.batch }) },
    });
  },
});
