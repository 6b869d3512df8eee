import { z } from "zod";
import { adversarial } from "../gan/adversarial.ts";
import { normal } from "../gan/latent.ts";
import { hinge } from "../gan/losses/hinge.ts";
import { netPair } from "../gan/nets/pair.ts";
import { resnetDiscriminator, resnetGenerator } from "../gan/nets/resnet.ts";
import { normalisations } from "../gan/normalisation.ts";
import { count, defineSystem, fraction, imitated, positive } from "../gan/system.ts";
import { adam } from "../nn/adam.ts";
import { average } from "../nn/average.ts";
import { module } from "../nn/module.ts";

/**
 * SN-GAN: every weight of the discriminator is divided by its largest singular value.
 *
 * Source   Miyato, Kataoka, Koyama, Yoshida 2018, arXiv:1802.05957, eq. 17, tables 3 and 4
 * Shapes   z f32[n,latent] → image f32[n,c,s,s] in [−1,1] or point f32[n,d]; discriminator: item → logit f32[n]
 * Units    rates per step; width in channels of every block, or in units of two hidden layers for points
 * Throws   SHAPE for images whose side is not 4 to 7 times a power of two
 * Differs  constant rates where the paper lets them fall linearly; smaller by default; the plain nets
 *          are DCGAN's; samples from averaged weights
 */
export const sngan = defineSystem({
  id: "sngan",
  about: "every weight of the discriminator is divided by its largest singular value",
  data: "mnist",
  options: {
    batch: count(64, "items per step"),
    latent: count(128, "size of the noise vector"),
    width: count(32, "channels of every block, or units of each hidden layer"),
    nets: z
      .enum(["residual", "plain"])
      .default("residual")
      .describe("residual blocks, or DCGAN's convolutions; for images"),
    generatorRate: positive(2e-4, "Adam's learning rate of the generator"),
    discriminatorRate: positive(2e-4, "Adam's learning rate of the discriminator"),
    beta1: fraction(0, "Adam's decay of the mean gradient"),
    beta2: fraction(0.9, "Adam's decay of the mean squared gradient"),
    discriminatorMoves: count(5, "discriminator moves per generator move"),
    averageHalfLife: positive(10_000, "half-life of the weight average, in items"),
  },
  tiny: { batch: 2, latent: 4, width: 2, nets: "plain", discriminatorMoves: 1 },
  chunk: 5,
  build(o, data) {
    const { isImage, field, item } = imitated(data);
    const { width } = o;
    const nets =
      isImage && o.nets === "residual"
        ? {
            generator: resnetGenerator({ image: item, width }),
            discriminator: resnetDiscriminator({ width, ...normalisations.spectral }),
          }
        : netPair({ item, width, discriminatorNorm: normalisations.spectral });
    const generator = module("g", nets.generator);
    const betas = { beta1: o.beta1, beta2: o.beta2 };
    return adversarial({
      field,
      batch: o.batch,
      latent: normal(o.latent),
      generator,
      discriminator: module("d", nets.discriminator),
      loss: hinge(),
      optimise: {
        generator: adam({ rate: o.generatorRate, ...betas }),
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
