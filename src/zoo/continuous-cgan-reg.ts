import { z } from "zod";
import { adversarial } from "../gan/adversarial.ts";
import { type Asked, fourierFeatures, withLabel } from "../gan/condition.ts";
import { concatenation } from "../gan/conditioning/concatenation.ts";
import { normal, uniform } from "../gan/latent.ts";
import { nonSaturating } from "../gan/losses/non-saturating.ts";
import { netPair } from "../gan/nets/pair.ts";
import { orNone } from "../gan/residual-game.ts";
import { count, defineSystem, fieldOf, fraction, imitated, positive } from "../gan/system.ts";
import { conditionLipschitz } from "../gan/terms/condition-lipschitz.ts";
import { adam } from "../nn/adam.ts";
import { average } from "../nn/average.ts";
import { module } from "../nn/module.ts";
import type { Scope } from "../nn/trace.ts";

/**
 * Continuous cGAN: items of a number, such as an angle, that change gently with it, across gaps too.
 *
 * Source   Zheng, Zhang, Zheng 2021, arXiv:2103.14884
 * Shapes   z f32[n,latent] and condition f32[n,d] in [−1,1] → image f32[n,c,s,s] or point f32[n,k];
 *          discriminator: item and condition → logit f32[n]
 * Units    rates per step; reach and slope in the condition's trained range
 * Throws   DATA_FIELD for data without the field; SHAPE for images whose side is not 4 to 7 times 2^k
 * Differs  the slope is that of a finite step, and free up to a bound; the paper's form of it is not known to us
 */
export const continuousCganReg = defineSystem({
  id: "continuous-cgan-reg",
  about: "items of a number, such as an angle, that change gently with it, across gaps too",
  data: "arc",
  options: {
    batch: count(128, "items per step"),
    latent: count(4, "size of the noise vector"),
    width: count(64, "units of each hidden layer (points) or channels at the finest map (images)"),
    depth: count(3, "hidden layers of each net, for points"),
    condition: z.string().default("angle").describe("the data's field of numbers in [-1, 1]"),
    weight: z
      .number()
      .min(0)
      .default(0.01)
      .describe("weight of the slope's excess; 0 = plain cGAN"),
    slope: z
      .number()
      .min(0)
      .default(4)
      .describe("change of an item by change of its condition that is free"),
    frequencies: orNone(6, "sines and cosines of the condition that the generator hears"),
    reach: positive(0.1, "largest step of each number of a condition"),
    rate: positive(1e-3, "Adam's learning rate of both"),
    beta1: fraction(0, "Adam's decay of the mean gradient"),
    averageHalfLife: positive(50_000, "half-life of the weight average, in items"),
  },
  tiny: { batch: 4, latent: 2, width: 8 },
  chunk: 50,
  build(o, data) {
    const { field, item } = imitated(data);
    const values = uniform(fieldOf(data, o.condition).shape[0] ?? 1);
    const nets = netPair({ item, width: o.width, depth: o.depth });
    const made = withLabel(nets.generator, 0, o.latent);
    const generator = module("g", ({ z, label }: Asked, scope: Scope) =>
      made({ z, label: fourierFeatures(label, o.frequencies) }, scope),
    );
    const { weight, slope, reach } = o;
    const gentle = conditionLipschitz({ weight, slope, reach, everywhere: true });
    const optimiser = () => adam({ rate: o.rate, beta1: o.beta1, beta2: 0.99 });
    return adversarial({
      field,
      batch: o.batch,
      latent: normal(o.latent),
      generator,
      discriminator: module("d", nets.discriminator),
      loss: nonSaturating(),
      condition: { label: o.condition, values, by: concatenation({ classes: 0 }) },
      terms: { generator: weight > 0 ? [gentle] : [] },
      optimise: { generator: optimiser(), discriminator: optimiser() },
      average: { of: [generator], decay: average({ halfLife: o.averageHalfLife, batch: o.batch }) },
    });
  },
});
