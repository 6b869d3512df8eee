import { adversarial } from "../gan/adversarial.ts";
import { normal } from "../gan/latent.ts";
import { relativistic } from "../gan/losses/relativistic.ts";
import { mlpDiscriminator, mlpGenerator } from "../gan/nets/mlp.ts";
import { r3ganDiscriminator, r3ganGenerator } from "../gan/nets/r3gan.ts";
import { r1 } from "../gan/penalties/r1.ts";
import { r2 } from "../gan/penalties/r2.ts";
import { count, defineSystem, fraction, imitated, positive } from "../gan/system.ts";
import { adam } from "../nn/adam.ts";
import { average } from "../nn/average.ts";
import { module } from "../nn/module.ts";
import { cosine, images } from "../nn/schedules.ts";

/**
 * R3GAN: a residual GAN without tricks, held stable by a paired loss and two gradient penalties.
 *
 * Source   Huang, Gokaslan, Kuleshov, Tompkin 2024, arXiv:2501.05441
 * Shapes   z f32[n,latent] → image f32[n,c,s,s], against [−1,1] without tanh, or point f32[n,d]; discriminator: item → logit f32[n]
 * Units    rates per step; spans and half-lives in items; γ scales ½·Σ(∇ₓD)², averaged over the batch
 * Throws   SHAPE for images whose side is not 4 to 7 times a power of two, or widths out of group
 * Differs  maps are resampled by [1,3,3,1], edges repeated, where the source has [1,2,1] and zeros;
 *          the smallest map has a side of 4 to 7; one set of classes only; sizes for CPUs
 */
export const r3gan = defineSystem({
  id: "r3gan",
  about: "a residual GAN without tricks, held stable by a paired loss and two gradient penalties",
  data: "ring8",
  options: {
    batch: count(128, "items per step"),
    latent: count(16, "size of the noise vector"),
    width: count(64, "channels at the finest map (images), or units of each hidden layer (points)"),
    widest: count(96, "most channels of any map: they double with each halving, for images"),
    blocks: count(2, "residual blocks of each map (images), or hidden layers (points)"),
    groupWidth: count(16, "channels of each group of the 3x3 convolutions, for images"),
    rate: positive(1e-3, "Adam's learning rate at first"),
    finalRate: positive(2.5e-4, "Adam's learning rate after the decay"),
    gamma: positive(0.5, "γ of both gradient penalties at first"),
    finalGamma: positive(0.05, "γ after the decay"),
    beta2: fraction(0.9, "Adam's decay of the mean squared gradient at first"),
    finalBeta2: fraction(0.99, "the same after the decay"),
    decay: positive(
      500_000,
      "items over which rate, γ, beta2 and average move to their last values",
    ),
    averageHalfLife: positive(20_000, "last half-life of the weight average, in items"),
  },
  presets: {
    digits: {
      about: "MNIST digits at 28x28, as far as eight minutes go",
      options: {
        batch: 16,
        width: 8,
        widest: 32,
        blocks: 1,
        gamma: 2,
        finalGamma: 0.5,
        decay: 80_000,
        averageHalfLife: 5_000,
      },
      steps: 5_000,
      minutes: 8,
      data: { source: "mnist" },
    },
    ring8: {
      about: "all eight modes of the ring in half a minute",
      options: { width: 96, latent: 4, gamma: 0.1, finalGamma: 0.01 },
      steps: 4_000,
      data: { source: "ring8", options: { scale: 0.5 } },
    },
  },
  tiny: { batch: 4, latent: 2, width: 8, widest: 16, blocks: 1, groupWidth: 8 },
  chunk: 50,
  build(o, data) {
    const { isImage, field, item } = imitated(data);
    const hidden = new Array<number>(o.blocks).fill(o.width);
    const nets = isImage
      ? { g: r3ganGenerator({ ...o, image: item }), d: r3ganDiscriminator({ ...o, image: item }) }
      : { g: mlpGenerator({ item, hidden }), d: mlpDiscriminator({ hidden }) };
    const generator = module("g", nets.g);
    const fade = (from: number, to: number) => cosine(from, to, images(o.decay));
    const weight = fade(o.gamma / 2, o.finalGamma / 2);
    const optimiser = adam({
      rate: fade(o.rate, o.finalRate),
      beta1: 0,
      beta2: fade(o.beta2, o.finalBeta2),
    });
    return adversarial({
      field,
      batch: o.batch,
      latent: normal(o.latent),
      generator,
      discriminator: module("d", nets.d),
      loss: relativistic(),
      terms: { discriminator: [r1({ weight }), r2({ weight })] },
      optimise: { generator: optimiser, discriminator: optimiser },
      average: {
        of: [generator],
        decay: average({ halfLife: fade(0, o.averageHalfLife), batch: o.batch }),
      },
    });
  },
});
