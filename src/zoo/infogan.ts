import { z } from "zod";
import type { Tensor } from "../engine/ir/tensor.ts";
import { adversarial } from "../gan/adversarial.ts";
import { diffAugment, policyOption } from "../gan/augmentation/diff-augment.ts";
import { normal } from "../gan/latent.ts";
import { nonSaturating } from "../gan/losses/non-saturating.ts";
import { dcganFeatures, dcganGenerator } from "../gan/nets/dcgan.ts";
import { logit, mlpFeatures, mlpGenerator } from "../gan/nets/mlp.ts";
import { count, defineSystem, fraction, imitated, positive } from "../gan/system.ts";
import { heard, mutualInformation, readerSize } from "../gan/terms/mutual-information.ts";
import { leaky } from "../nn/activations.ts";
import { adam } from "../nn/adam.ts";
import { average } from "../nn/average.ts";
import { linear } from "../nn/linear.ts";
import { module, sequential } from "../nn/module.ts";
import { flatten } from "../nn/shape.ts";
import type { Scope } from "../nn/trace.ts";

/**
 * InfoGAN: part of the code can be read off what is made of it, so that it comes to mean something.
 *
 * Source   Chen, Duan, Houthooft, Schulman, Sutskever, Abbeel 2016, arXiv:1606.03657
 * Shapes   z f32[n,noise+categories+continuous] → image f32[n,c,s,s] in [−1,1] or point f32[n,d];
 *          discriminator: item → logit f32[n]; Q: its features → f32[n,categories+2·continuous],
 *          or one number less for each continuous one where the deviation is fixed
 * Units    rates per step; width in channels (images) or units of each of two hidden layers (points)
 * Throws   SHAPE for images whose side is not 4 to 7 times a power of two
 * Differs  the category is the greatest of normal numbers, and continuous codes are normal where the
 *          paper's are uniform: the whole code is one vector, for walks and arithmetic
 */
export const infogan = defineSystem({
  id: "infogan",
  about: "part of the code can be read off what is made of it, so that it comes to mean something",
  data: "mnist",
  options: {
    batch: count(64, "items per step"),
    noise: count(32, "numbers of the code without meaning"),
    categories: count(10, "values of the code's category"),
    continuous: count(2, "numbers of the code that come to mean something"),
    weight: z.number().min(0).default(1).describe("of what Q reads in both losses; 0 = Q watches"),
    continuousWeight: positive(
      0.1,
      "weight of its continuous numbers in that, where its category has 1",
    ),
    fixedDeviation: z
      .boolean()
      .default(false)
      .describe("whether Q's deviation of those is 1, as in the authors' digits, not what Q says"),
    policy: policyOption(
      [],
      "how data and fakes are changed before D and Q see them; [] = not, as in the paper",
    ),
    width: count(32, "channels at the finest map (images) or hidden units (points)"),
    reader: count(128, "hidden units of Q"),
    generatorRate: positive(1e-3, "Adam's learning rate of the generator"),
    discriminatorRate: positive(2e-4, "Adam's learning rate of the discriminator and of Q"),
    beta1: fraction(0.5, "Adam's decay of the mean gradient"),
    averageHalfLife: positive(10_000, "half-life of the weight average, in items"),
  },
  presets: {
    digits: {
      about: "MNIST at 32x32: the category comes to name the digit, the number to slant it",
      // A number of more weight comes to mean other things in each category (see its proof).
      options: {
        batch: 32,
        noise: 24,
        continuous: 1,
        weight: 10,
        continuousWeight: 0.03,
        width: 24,
        reader: 64,
        discriminatorRate: 1e-3,
      },
      steps: 24_000,
      data: { source: "mnist", options: { side: 32 } },
    },
  },
  tiny: { batch: 4, noise: 2, categories: 3, continuous: 1, width: 4, reader: 4 },
  chunk: 10,
  build(o, data) {
    const { field, item, isImage } = imitated(data);
    const shape = { image: item, width: o.width };
    const hidden = [o.width, o.width];
    const made = isImage ? dcganGenerator(shape) : mlpGenerator({ item, hidden });
    const generator = module("g", (x: Tensor, scope: Scope) => made(heard(x, o), scope));
    const trunk = module("trunk", isImage ? dcganFeatures(shape) : mlpFeatures({ hidden }));
    const layers = { flat: flatten, hidden: linear(o.reader), act: leaky(0.1) };
    const reader = module(
      "q",
      sequential({ ...layers, out: linear(readerSize(o, o.fixedDeviation)) }),
    );
    const { weight, continuousWeight, fixedDeviation: fixed } = o;
    const information = mutualInformation({ code: o, reader, weight, continuousWeight, fixed });
    return adversarial({
      field,
      batch: o.batch,
      latent: normal(o.noise + o.categories + o.continuous),
      generator,
      trunk,
      discriminator: module("d", logit()),
      heads: [reader],
      loss: nonSaturating(),
      ...(o.policy.length > 0 && { augment: diffAugment(o.policy) }),
      terms: { discriminator: [information.discriminator], generator: information.generator },
      optimise: {
        generator: adam({ rate: o.generatorRate, beta1: o.beta1 }),
        discriminator: adam({ rate: o.discriminatorRate, beta1: o.beta1 }),
      },
      average: { of: [generator], decay: average({ halfLife: o.averageHalfLife, batch: o.batch }) },
    });
  },
});
