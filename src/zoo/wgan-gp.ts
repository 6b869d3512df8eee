import { z } from "zod";
import { adversarial } from "../gan/adversarial.ts";
import { normal } from "../gan/latent.ts";
import { wasserstein } from "../gan/losses/wasserstein.ts";
import { netPair } from "../gan/nets/pair.ts";
import { normalisations } from "../gan/normalisation.ts";
import { gradientPenalty } from "../gan/penalties/gradient-penalty.ts";
import { count, defineSystem, fraction, imitated, positive } from "../gan/system.ts";
import { tanh } from "../nn/activations.ts";
import { adam } from "../nn/adam.ts";
import { average } from "../nn/average.ts";
import { module } from "../nn/module.ts";
import { cosine, steps } from "../nn/schedules.ts";

/**
 * WGAN-GP: a critic held to slope 1 by a penalty on its gradient, so that its score is a distance.
 *
 * Source   Gulrajani, Ahmed, Arjovsky, Dumoulin, Courville 2017, arXiv:1704.00028
 * Shapes   z f32[n,latent] → image f32[n,c,s,s] or point f32[n,d]; critic: item → score f32[n]
 * Units    rates per step; width in channels for images, in units of each hidden layer for points
 * Throws   SHAPE for images whose side is not 4 to 7 times a power of two
 * Differs  samples come from an average of the generator's weights; images and points only: the
 *          paper also makes text, its generator giving a softmax over characters
 */
export const wganGp = defineSystem({
  id: "wgan-gp",
  about: "a critic held to slope 1 by a penalty on its gradient, so that its score is a distance",
  data: "grid25",
  options: {
    batch: count(256, "items per step"),
    latent: count(2, "size of the noise vector"),
    width: count(256, "hidden units (points) or channels at the finest map (images)"),
    depth: count(3, "hidden layers of each net, for points"),
    activation: z
      .enum(["relu", "tanh"])
      .default("relu")
      .describe("of hidden layers, for points; the critic's ReLU is leaky"),
    criticNorm: z
      .enum(["none", "layer"])
      .default("none")
      .describe("critic's normalisation; the paper's image critics take layer norm"),
    rate: positive(1e-4, "Adam's learning rate of the generator"),
    criticRate: positive(1e-4, "Adam's learning rate of the critic"),
    decay: z
      .int()
      .positive()
      .optional()
      .describe("steps over which both rates fall to 0, along half a cosine; constant when absent"),
    beta1: fraction(0.5, "Adam's decay of the mean gradient"),
    beta2: fraction(0.9, "Adam's decay of the mean squared gradient"),
    penalty: positive(10, "weight of the gradient penalty"),
    criticMoves: count(5, "critic moves per generator move"),
    averageHalfLife: positive(50_000, "half-life of the weight average, in items"),
  },
  presets: {
    grid25: {
      about: "all 25 modes of the grid, sharply, in under three minutes on two cores",
      options: { width: 128, rate: 1e-3, criticRate: 1e-3, beta1: 0, penalty: 1, criticMoves: 2 },
      steps: 14_000,
      // Half size: deviation 1.4 along each axis, near what nets are initialised for.
      data: { source: "grid25", options: { scale: 0.5 } },
    },
  },
  tiny: { batch: 4, latent: 4, width: 4, criticMoves: 2 },
  chunk: 100,
  build(o, data) {
    const { field, item } = imitated(data);
    const nets = netPair({
      item,
      width: o.width,
      depth: o.depth,
      activation: o.activation === "tanh" ? tanh : undefined,
      discriminatorNorm: normalisations[o.criticNorm],
    });
    const generator = module("g", nets.generator);
    const betas = { beta1: o.beta1, beta2: o.beta2 };
    const scheduled = (rate: number) =>
      o.decay === undefined ? rate : cosine(rate, 0, steps(o.decay));
    return adversarial({
      field,
      batch: o.batch,
      latent: normal(o.latent),
      generator,
      discriminator: module("d", nets.discriminator),
      loss: wasserstein(),
      terms: { discriminator: [gradientPenalty({ weight: o.penalty })] },
      optimise: {
        generator: adam({ rate: scheduled(o.rate), ...betas }),
        discriminator: adam({ rate: scheduled(o.criticRate), ...betas }),
      },
      discriminatorMoves: o.criticMoves,
      average: {
        of: [generator],
        decay: average({ halfLife: o.averageHalfLife, batch: o.batch }),
      },
    });
  },
});
