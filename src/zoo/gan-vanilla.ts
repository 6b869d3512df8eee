import { z } from "zod";
import { adversarial } from "../gan/adversarial.ts";
import { normal } from "../gan/latent.ts";
import { minimax } from "../gan/losses/minimax.ts";
import { nonSaturating } from "../gan/losses/non-saturating.ts";
import { mlpDiscriminator, mlpGenerator } from "../gan/nets/mlp.ts";
import { count, defineSystem, fraction, imitated, positive } from "../gan/system.ts";
import { tanh } from "../nn/activations.ts";
import { adam } from "../nn/adam.ts";
import { average } from "../nn/average.ts";
import { module } from "../nn/module.ts";

/**
 * GAN: a generator learns to fool a discriminator that learns to tell its items from data.
 *
 * Source   Goodfellow et al. 2014, arXiv:1406.2661, algorithm 1
 * Shapes   z f32[n,latent] → image f32[n,c,h,w] in [−1,1] or point f32[n,d]; discriminator: item → logit f32[n]
 * Units    rates per step; width in units of each hidden layer
 * Throws   nothing of its own
 * Differs  Adam and leaky ReLU where the paper has momentum and maxout; samples from averaged weights
 */
export const ganVanilla = defineSystem({
  id: "gan-vanilla",
  about: "a generator learns to fool a discriminator that learns to tell its items from data",
  data: "ring8",
  options: {
    batch: count(128, "items per step"),
    latent: count(16, "size of the noise vector"),
    width: count(128, "units of each hidden layer"),
    depth: count(2, "hidden layers of each net"),
    loss: z
      .enum(["non-saturating", "minimax"])
      .default("non-saturating")
      .describe("what the generator minimises: -log D or log(1 - D)"),
    generatorRate: positive(1e-3, "Adam's learning rate of the generator"),
    discriminatorRate: positive(1e-3, "Adam's learning rate of the discriminator"),
    beta1: fraction(0.5, "Adam's decay of the mean gradient"),
    discriminatorMoves: count(1, "discriminator moves per generator move (k of algorithm 1)"),
    averageHalfLife: positive(20_000, "half-life of the weight average, in items"),
  },
  tiny: { batch: 4, latent: 2, width: 8 },
  chunk: 100,
  build(o, data) {
    const { isImage, field, item } = imitated(data);
    const hidden = new Array<number>(o.depth).fill(o.width);
    const output = isImage ? { output: tanh } : {};
    const generator = module("g", mlpGenerator({ item, hidden, ...output }));
    return adversarial({
      field,
      batch: o.batch,
      latent: normal(o.latent),
      generator,
      discriminator: module("d", mlpDiscriminator({ hidden })),
      loss: o.loss === "minimax" ? minimax() : nonSaturating(),
      optimise: {
        generator: adam({ rate: o.generatorRate, beta1: o.beta1 }),
        discriminator: adam({ rate: o.discriminatorRate, beta1: o.beta1 }),
      },
      discriminatorMoves: o.discriminatorMoves,
      average: {
        of: [generator],
        decay: average({ halfLife: o.averageHalfLife, batch: o.batch }),
      },
    });
  },
});
