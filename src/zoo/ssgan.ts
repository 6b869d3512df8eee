import { adversarial } from "../gan/adversarial.ts";
import { normal } from "../gan/latent.ts";
import { nonSaturating } from "../gan/losses/non-saturating.ts";
import { dcganFeatures, dcganGenerator } from "../gan/nets/dcgan.ts";
import { logit, mlpFeatures, mlpGenerator } from "../gan/nets/mlp.ts";
import { viewClassifier } from "../gan/self-supervision/view-classifier.ts";
import { mirrored, quarterTurns } from "../gan/self-supervision/views.ts";
import { count, defineSystem, fraction, imitated, positive } from "../gan/system.ts";
import { adam } from "../nn/adam.ts";
import { average } from "../nn/average.ts";
import { linear } from "../nn/linear.ts";
import { module, sequential } from "../nn/module.ts";
import { flatten } from "../nn/shape.ts";

/**
 * SSGAN: a discriminator that also tells by how much images were turned.
 *
 * Source   Chen, Zhai, Ritter, Lucic, Houlsby 2019, arXiv:1811.11212, section 3
 * Shapes   z f32[n,latent] → image f32[n,c,s,s] in [−1,1] or point f32[n,d]; discriminator: item →
 *          logit f32[n], and logits f32[n,K] of K views
 * Units    rates per step; width in channels (images) or units of each of two hidden layers (points)
 * Throws   SHAPE for images whose side is not 4 to 7 times a power of two; GAME for a batch that K does
 *          not divide
 * Differs  DCGAN's nets; views of points are themselves and their mirror images; samples come from an
 *          average of the generator's weights
 */
export const ssgan = defineSystem({
  id: "ssgan",
  about: "a discriminator that also tells by how much images were turned",
  data: "mnist",
  options: {
    batch: count(64, "items per step, a multiple of 4"),
    latent: count(32, "size of the noise vector"),
    width: count(32, "channels at the finest map (images) or hidden units (points)"),
    rate: positive(5e-4, "Adam's learning rate of both"),
    beta1: fraction(0.5, "Adam's decay of the mean gradient"),
    discriminatorWeight: positive(
      1,
      "weight of the views of data in the loss of the discriminator",
    ),
    generatorWeight: positive(0.2, "weight of the views of fakes in the loss of the generator"),
    averageHalfLife: positive(10_000, "half-life of the weight average, in items"),
  },
  tiny: { batch: 4, latent: 4, width: 4 },
  chunk: 20,
  build(o, data) {
    const { field, item, isImage } = imitated(data);
    const shape = { image: item, width: o.width };
    const hidden = [o.width, o.width];
    const views = isImage ? quarterTurns : mirrored;
    const generator = module("g", isImage ? dcganGenerator(shape) : mlpGenerator({ item, hidden }));
    const trunk = module("trunk", isImage ? dcganFeatures(shape) : mlpFeatures({ hidden }));
    const head = module("views", sequential({ flat: flatten, out: linear(views.length) }));
    const { discriminatorWeight, generatorWeight } = o;
    const told = viewClassifier({ views, trunk, head, discriminatorWeight, generatorWeight });
    const optimiser = () => adam({ rate: o.rate, beta1: o.beta1, beta2: 0.99 });
    return adversarial({
      field,
      batch: o.batch,
      latent: normal(o.latent),
      generator,
      trunk,
      discriminator: module("d", logit()),
      loss: nonSaturating(),
      heads: [head],
      terms: { discriminator: [told.discriminator], generator: [told.generator] },
      optimise: { generator: optimiser(), discriminator: optimiser() },
      average: { of: [generator], decay: average({ halfLife: o.averageHalfLife, batch: o.batch }) },
    });
  },
});
