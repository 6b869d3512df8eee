import { z } from "zod";
import { adversarial } from "../gan/adversarial.ts";
import { clipped } from "../gan/constraints.ts";
import { normal } from "../gan/latent.ts";
import { wasserstein } from "../gan/losses/wasserstein.ts";
import { netPair } from "../gan/nets/pair.ts";
import { normalisations } from "../gan/normalisation.ts";
import { count, defineSystem, imitated, positive } from "../gan/system.ts";
import { tanh } from "../nn/activations.ts";
import { average } from "../nn/average.ts";
import { module } from "../nn/module.ts";
import { rmsprop } from "../nn/rmsprop.ts";
import { cosine, steps } from "../nn/schedules.ts";

/**
 * WGAN: a critic whose score estimates a distance that is smooth in the generator; its slope is
 * bounded by clipping every parameter.
 *
 * Source   Arjovsky, Chintala, Bottou 2017, arXiv:1701.07875, algorithm 1
 * Shapes   z f32[n,latent] → image f32[n,c,s,s] or point f32[n,d]; critic: item → score f32[n]
 * Units    rates per step; width in channels for images, in units of each hidden layer for points
 * Throws   SHAPE for images whose side is not 4 to 7 times a power of two
 * Differs  samples come from an average of the generator's weights; no norm in the critic unless
 *          asked for, where the paper's DCGAN critic takes batch norm
 */
export const wganClip = defineSystem({
  id: "wgan-clip",
  about: "a critic whose score estimates a distance, its slope bounded by clipped weights",
  data: "ring8",
  options: {
    batch: count(64, "items per step"),
    latent: count(16, "size of the noise vector"),
    width: count(64, "hidden units (points) or channels at the finest map (images)"),
    depth: count(2, "hidden layers of each net, for points"),
    activation: z
      .enum(["relu", "tanh"])
      .default("relu")
      .describe("of hidden layers, for points; the critic's ReLU is leaky"),
    criticNorm: z
      .enum(["none", "batch", "layer"])
      .default("none")
      .describe("critic's normalisation; its gains are clipped too"),
    clip: positive(0.01, "bound c of every critic parameter"),
    rate: positive(5e-5, "RMSProp's learning rate of the generator"),
    criticRate: positive(5e-5, "RMSProp's learning rate of the critic"),
    decay: z
      .int()
      .positive()
      .optional()
      .describe("steps over which both rates fall to 0, along half a cosine; constant when absent"),
    criticMoves: count(5, "critic moves per generator move"),
    averageHalfLife: positive(20_000, "half-life of the weight average, in items"),
  },
  presets: {
    ring8: {
      about: "most modes of the ring, none of them sharply: the baseline that others improve on",
      options: { batch: 128, depth: 3, clip: 0.1, rate: 1e-3, criticRate: 1e-3, criticMoves: 2 },
      steps: 3000,
      data: { source: "ring8", options: { scale: 0.5 } },
    },
  },
  tiny: { batch: 4, latent: 2, width: 4, criticMoves: 2 },
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
    const scheduled = (rate: number) =>
      o.decay === undefined ? rate : cosine(rate, 0, steps(o.decay));
    return adversarial({
      field,
      batch: o.batch,
      latent: normal(o.latent),
      generator,
      discriminator: module("d", nets.discriminator),
      loss: wasserstein(),
      constrain: clipped(o.clip),
      optimise: {
        generator: rmsprop({ rate: scheduled(o.rate) }),
        discriminator: rmsprop({ rate: scheduled(o.criticRate) }),
      },
      discriminatorMoves: o.criticMoves,
      average: {
        of: [generator],
        decay: average({ halfLife: o.averageHalfLife, batch: o.batch }),
      },
    });
  },
});
