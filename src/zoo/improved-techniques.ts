import { z } from "zod";
import { adversarial } from "../gan/adversarial.ts";
import { normal } from "../gan/latent.ts";
import { labelSmoothing } from "../gan/losses/label-smoothing.ts";
import { dcganFeatures, dcganGenerator } from "../gan/nets/dcgan.ts";
import { logit, mlpFeatures, mlpGenerator } from "../gan/nets/mlp.ts";
import { count, defineSystem, fraction, imitated, positive } from "../gan/system.ts";
import { featureMatching } from "../gan/terms/feature-matching.ts";
import { historicalAveraging } from "../gan/terms/historical-averaging.ts";
import { adam } from "../nn/adam.ts";
import { average } from "../nn/average.ts";
import { batchNorm } from "../nn/batch-norm.ts";
import {
  type MinibatchDiscrimination,
  minibatchDiscrimination,
} from "../nn/minibatch-discrimination.ts";
import { type Layer, module } from "../nn/module.ts";
import { virtualBatchNorm, withReference } from "../nn/virtual-batch-norm.ts";

/** Weights and sizes of which 0 leaves the technique out. */
const weight = (initial: number, about: string) =>
  z.number().min(0).default(initial).describe(`${about}; 0 = without`);
const size = (initial: number, about: string) =>
  z.int().min(0).default(initial).describe(`${about}; 0 = without`);

type Kernels = Pick<MinibatchDiscrimination, "kernels" | "sharpness" | "height">;

/** The discriminator's last layers: the batch's likeness beside the features, then a logit. */
function head({ kernels, sharpness, height }: Required<Kernels>): Layer {
  const likeness = minibatchDiscrimination({ kernels, sharpness, ...(height > 0 && { height }) });
  return (x, scope) => logit()(kernels > 0 ? likeness(x, scope.child("likeness")) : x, scope);
}

function imageNets(image: readonly number[], width: number, reference: number) {
  const norm = reference > 0 ? virtualBatchNorm({ reference }) : batchNorm();
  const g = dcganGenerator({ image, width, norm });
  const trunk = dcganFeatures({ image, width, norm: "none" });
  return { g: reference > 0 ? withReference(g, reference) : g, trunk };
}

function pointNets(item: readonly number[], width: number, generatorDepth: number) {
  const g = mlpGenerator({ item, hidden: new Array<number>(generatorDepth).fill(width) });
  return { g, trunk: mlpFeatures({ hidden: [width, width] }) };
}

/**
 * Improved techniques: five remedies for games that do not settle, each of which can be left out.
 *
 * Source   Salimans, Goodfellow, Zaremba, Cheung, Radford, Chen 2016, arXiv:1606.03498, section 3
 * Shapes   z f32[n,latent] → image f32[n,c,s,s] in [−1,1] or point f32[n,d]; discriminator: item → logit f32[n]
 * Units    rates per step; width in channels at the finest map (images) or units of each layer (points)
 * Throws   SHAPE for images whose side is not 4 to 7 times a power of two
 * Differs  feature matching adds to the generator's loss and does not replace it; virtual batch norm
 *          is for images; the discriminator has no norm where the paper has weight norm; distances of
 *          minibatch discrimination are scaled by an option, in the paper's code by a first batch
 */
export const improvedTechniques = defineSystem({
  id: "improved-techniques",
  about: "five remedies for games that do not settle, each of which can be left out",
  data: "mnist",
  options: {
    batch: count(32, "items per step"),
    latent: count(32, "size of the noise vector"),
    width: count(32, "channels at the finest map, or units of each hidden layer"),
    generatorDepth: count(2, "hidden layers of a generator of points; the discriminator has two"),
    rate: positive(1e-3, "Adam's learning rate of both players"),
    beta1: fraction(0.5, "Adam's decay of the mean gradient"),
    featureMatching: weight(0.1, "weight of feature matching in the generator's loss"),
    kernels: size(16, "statistics of minibatch discrimination"),
    sharpness: positive(1, "what minibatch discrimination multiplies distances by"),
    height: z
      .number()
      .min(0)
      .default(0)
      .describe("statistic of a batch of one item repeated; 0 = the batch's size"),
    historicalAveraging: weight(1e-3, "weight of historical averaging for both players"),
    realTarget: fraction(0.9, "what the discriminator is told of data; 1 = no label smoothing"),
    reference: size(32, "reference batch of the generator's virtual batch norm; 0 = batch norm"),
    averageHalfLife: positive(10_000, "half-life of the weight average, in items"),
  },
  presets: {
    digits: {
      about: "small digits with all five techniques",
      options: { latent: 8, width: 16, beta1: 0, kernels: 8 },
      steps: 2000,
      data: { source: "mnist", options: { side: 16 } },
    },
  },
  tiny: { batch: 4, latent: 2, width: 2, kernels: 2, reference: 2 },
  chunk: 20,
  build(o, data) {
    const { isImage, field, item } = imitated(data);
    const nets = isImage
      ? imageNets(item, o.width, o.reference)
      : pointNets(item, o.width, o.generatorDepth);
    const generator = module("g", nets.g);
    const trunk = module("trunk", nets.trunk);
    const discriminator = module("d", head(o));
    const matching = o.featureMatching > 0 ? [featureMatching({ weight: o.featureMatching })] : [];
    const settling = (of: Parameters<typeof historicalAveraging>[0]["of"]) =>
      o.historicalAveraging > 0 ? [historicalAveraging({ of, weight: o.historicalAveraging })] : [];
    const optimiser = adam({ rate: o.rate, beta1: o.beta1 });
    return adversarial({
      field,
      batch: o.batch,
      latent: normal(o.latent),
      generator,
      trunk,
      discriminator,
      loss: labelSmoothing({ real: o.realTarget }),
      terms: {
        generator: [...matching, ...settling([generator])],
        discriminator: settling([trunk, discriminator]),
      },
      optimise: { generator: optimiser, discriminator: optimiser },
      average: {
        of: [generator],
        // The ramp forgets first weights, to which batch statistics of later ones do not belong.
        decay: average({ halfLife: o.averageHalfLife, batch: o.batch, ramp: 0.05 }),
      },
    });
  },
});
