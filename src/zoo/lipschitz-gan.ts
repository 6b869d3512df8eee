import { z } from "zod";
import { adversarial } from "../gan/adversarial.ts";
import { normal } from "../gan/latent.ts";
import { convexIds, lipschitz } from "../gan/losses/lipschitz.ts";
import { netPair } from "../gan/nets/pair.ts";
import { maxGradient } from "../gan/penalties/max-gradient.ts";
import { count, defineSystem, fraction, imitated, positive } from "../gan/system.ts";
import { adam } from "../nn/adam.ts";
import { average } from "../nn/average.ts";
import { module } from "../nn/module.ts";

/**
 * LGAN: any convex loss, with a penalty on the discriminator's Lipschitz constant, so that the slope
 * at a fake leads straight to data.
 *
 * Source   Zhou, Liang, Song, Yu, Wang, Zhang, Yu, Zhang 2019, Lipschitz GANs, arXiv:1902.05687
 * Shapes   z f32[n,latent] → image f32[n,c,s,s] in [−1,1] or point f32[n,d]; f: item → score f32[n]
 * Units    rates per step; width in channels for images, in units of each hidden layer for points
 * Throws   SHAPE for images whose side is not 4 to 7 times a power of two
 * Differs  DCGAN's or dense nets where the paper's are residual; the steepest slope is that of the
 *          batch, with no memory of steep items of earlier batches; samples from averaged weights
 */
export const lipschitzGan = defineSystem({
  id: "lipschitz-gan",
  about: "any convex loss and a penalty on the steepest slope, so that slopes lead to data",
  data: "ring8",
  options: {
    batch: count(128, "items per step"),
    latent: count(4, "size of the noise vector"),
    width: count(64, "hidden units (points) or channels at the finest map (images)"),
    depth: count(2, "hidden layers of each net, for points"),
    phi: z
      .enum(convexIds)
      .default("softplus")
      .describe("φ of the discriminator's loss: x, eˣ, softplus or x + √(x² + 1) (root)"),
    penalty: positive(0.1, "weight λ of the squared steepest slope"),
    rate: positive(1e-3, "Adam's learning rate of the generator"),
    discriminatorRate: positive(1e-3, "Adam's learning rate of the discriminator"),
    beta1: fraction(0, "Adam's decay of the mean gradient"),
    beta2: fraction(0.9, "Adam's decay of the mean squared gradient"),
    discriminatorMoves: count(2, "discriminator moves per generator move"),
    averageHalfLife: positive(20_000, "half-life of the weight average, in items"),
  },
  presets: {
    ring8: {
      about: "all 8 modes of the ring, in seconds",
      options: { penalty: 0.01, beta2: 0.99, averageHalfLife: 10_000 },
      steps: 3000,
      data: { source: "ring8", options: { scale: 0.5 } },
    },
  },
  tiny: { batch: 4, latent: 2, width: 4 },
  chunk: 100,
  build(o, data) {
    const { field, item } = imitated(data);
    const nets = netPair({ item, width: o.width, depth: o.depth });
    const generator = module("g", nets.generator);
    const betas = { beta1: o.beta1, beta2: o.beta2 };
    return adversarial({
      field,
      batch: o.batch,
      latent: normal(o.latent),
      generator,
      discriminator: module("d", nets.discriminator),
      loss: lipschitz({ phi: o.phi }),
      terms: { discriminator: [maxGradient({ weight: o.penalty })] },
      optimise: {
        generator: adam({ rate: o.rate, ...betas }),
        discriminator: adam({ rate: o.discriminatorRate, ...betas }),
      },
      discriminatorMoves: o.discriminatorMoves,
      average: {
        of: [generator],
        decay: average({ halfLife: o.averageHalfLife, batch: o.batch }),
      },
    });
  },
});
