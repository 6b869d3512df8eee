import { adversarial } from "../gan/adversarial.ts";
import { normal } from "../gan/latent.ts";
import { wasserstein } from "../gan/losses/wasserstein.ts";
import { dcganDiscriminator, dcganGenerator } from "../gan/nets/dcgan.ts";
import { mlpDiscriminator, mlpGenerator } from "../gan/nets/mlp.ts";
import { gradientPenalty } from "../gan/penalties/gradient-penalty.ts";
import { count, defineSystem, fieldOf, fraction, positive } from "../gan/system.ts";
import { adam } from "../nn/adam.ts";
import { average } from "../nn/average.ts";
import { module } from "../nn/module.ts";

/**
 * WGAN-GP: a critic held to slope 1 by a penalty on its gradient, so that its score is a distance.
 *
 * Source   Gulrajani, Ahmed, Arjovsky, Dumoulin, Courville 2017, arXiv:1704.00028
 * Shapes   z f32[n,latent] → image f32[n,c,s,s] or point f32[n,d]; critic: item → score f32[n]
 * Units    rates per step; width in channels for images, in units of three hidden layers for points
 * Throws   SHAPE for images whose side is not 4 to 7 times a power of two
 * Differs  samples come from an average of the generator's weights; no norm in the critic where the
 *          paper's image critics take layer norm
 */
export const wganGp = defineSystem({
  id: "wgan-gp",
  about: "a critic held to slope 1 by a penalty on its gradient, so that its score is a distance",
  data: "grid25",
  options: {
    batch: count(256, "items per step"),
    latent: count(2, "size of the noise vector"),
    width: count(256, "hidden units (points) or channels at the finest map (images)"),
    rate: positive(1e-4, "Adam's learning rate of the generator"),
    criticRate: positive(1e-4, "Adam's learning rate of the critic"),
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
    const isImage = "image" in data.fields;
    const field = isImage ? "image" : "point";
    const item = fieldOf(data, field).shape;
    const hidden = [o.width, o.width, o.width];
    const nets = isImage
      ? {
          g: dcganGenerator({ image: item, width: o.width }),
          d: dcganDiscriminator({ image: item, width: o.width, norm: "none" }),
        }
      : { g: mlpGenerator({ item, hidden }), d: mlpDiscriminator({ hidden }) };
    const generator = module("g", nets.g);
    const betas = { beta1: o.beta1, beta2: o.beta2 };
    return adversarial({
      field,
      batch: o.batch,
      latent: normal(o.latent),
      generator,
      discriminator: module("d", nets.d),
      loss: wasserstein(),
      terms: { discriminator: [gradientPenalty({ weight: o.penalty })] },
      optimise: {
        generator: adam({ rate: o.rate, ...betas }),
        discriminator: adam({ rate: o.criticRate, ...betas }),
      },
      discriminatorMoves: o.criticMoves,
      average: {
        of: [generator],
        decay: average({ halfLife: o.averageHalfLife, batch: o.batch }),
      },
    });
  },
});
