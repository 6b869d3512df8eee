import { adversarial } from "../gan/adversarial.ts";
import { normal } from "../gan/latent.ts";
import { dcganFeatures, dcganGenerator } from "../gan/nets/dcgan.ts";
import { mlpFeatures, mlpGenerator } from "../gan/nets/mlp.ts";
import { labelAugmentation } from "../gan/self-supervision/label-augmentation.ts";
import { mirrored, quarterTurns } from "../gan/self-supervision/views.ts";
import { count, defineSystem, fraction, imitated, positive } from "../gan/system.ts";
import { adam } from "../nn/adam.ts";
import { average } from "../nn/average.ts";
import { linear } from "../nn/linear.ts";
import { module, sequential } from "../nn/module.ts";
import { flatten } from "../nn/shape.ts";

/**
 * SSGAN-LA: one classifier of views and sides at once: self-supervision whose optimum is the data.
 *
 * Source   Hou, Shen, Cao, Cheng 2021, arXiv:2106.05601, section 4
 * Shapes   z f32[n,latent] → image f32[n,c,s,s] in [−1,1] or point f32[n,d]; discriminator: item →
 *          logits f32[n,2K] of K views of data and of fakes
 * Units    rates per step; width in channels (images) or units of each of two hidden layers (points)
 * Throws   SHAPE for images whose side is not 4 to 7 times a power of two; GAME for a batch that K does
 *          not divide
 * Differs  DCGAN's nets; views of points are themselves and their mirror images; samples come from an
 *          average of the generator's weights
 */
export const ssganLa = defineSystem({
  id: "ssgan-la",
  about: "one classifier of views and sides at once: self-supervision whose optimum is the data",
  data: "mnist",
  options: {
    batch: count(64, "items per step, a multiple of 4"),
    latent: count(32, "size of the noise vector"),
    width: count(32, "channels at the finest map (images) or hidden units (points)"),
    rate: positive(5e-4, "Adam's learning rate of both"),
    beta1: fraction(0.5, "Adam's decay of the mean gradient"),
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
    const { augment, loss, logits } = labelAugmentation(views);
    const head = sequential({ flat: flatten, out: linear(logits) });
    const optimiser = () => adam({ rate: o.rate, beta1: o.beta1, beta2: 0.99 });
    return adversarial({
      field,
      batch: o.batch,
      latent: normal(o.latent),
      generator,
      trunk,
      discriminator: module("d", head),
      loss,
      augment,
      optimise: { generator: optimiser(), discriminator: optimiser() },
      average: { of: [generator], decay: average({ halfLife: o.averageHalfLife, batch: o.batch }) },
    });
  },
});
