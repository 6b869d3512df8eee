import { z } from "zod";
import { adversarial } from "../gan/adversarial.ts";
import { normal } from "../gan/latent.ts";
import { hinge } from "../gan/losses/hinge.ts";
import { nonSaturating } from "../gan/losses/non-saturating.ts";
import { dcganFeatures, dcganGenerator } from "../gan/nets/dcgan.ts";
import { mlpFeatures, mlpGenerator } from "../gan/nets/mlp.ts";
import { normalisationIds, normalisations } from "../gan/normalisation.ts";
import { sliced } from "../gan/san.ts";
import { count, defineSystem, fraction, imitated, positive } from "../gan/system.ts";
import { adam } from "../nn/adam.ts";
import { average } from "../nn/average.ts";
import { module } from "../nn/module.ts";

const losses = { hinge, "non-saturating": nonSaturating };

/**
 * SAN: a discriminator whose last layer is a direction of length 1 that always points to where the
 * features of data and fakes differ most.
 *
 * Source   Takida et al. 2024, SAN, arXiv:2301.12811, section 5
 * Shapes   z f32[n,latent] → image f32[n,c,s,s] in [−1,1] or point f32[n,d]; trunk: item → features h; head: h → ⟨ω,h⟩ f32[n]
 * Units    rates per step; widths in channels for images, in units of each hidden layer for points
 * Throws   SHAPE for images whose side is not 4 to 7 times a power of two
 * Differs  DCGAN or dense nets; one direction, not one for each class; samples from averaged weights
 */
export const san = defineSystem({
  id: "san",
  about: "the discriminator's last layer is a direction, kept where data and fakes differ most",
  data: "ring8",
  options: {
    batch: count(128, "items per step"),
    latent: count(4, "size of the noise vector"),
    width: count(128, "generator's units per layer, or channels at its finest map"),
    discriminatorWidth: count(128, "the same of the discriminator's trunk"),
    depth: count(2, "hidden layers of each net, for points"),
    loss: z.enum(["hinge", "non-saturating"]).default("hinge").describe("the loss that is sliced"),
    discriminatorNorm: z
      .enum(normalisationIds)
      .default("none")
      .describe("normalisation of the discriminator's trunk"),
    generatorRate: positive(1e-3, "Adam's learning rate of the generator"),
    discriminatorRate: positive(1e-3, "Adam's learning rate of trunk and direction"),
    beta1: fraction(0, "Adam's decay of the mean gradient"),
    beta2: fraction(0.9, "Adam's decay of the mean squared gradient"),
    discriminatorMoves: count(1, "discriminator moves per generator move"),
    averageHalfLife: positive(20_000, "half-life of the weight average, in items"),
  },
  presets: {
    ring8: {
      about: "the ring as in the proof, in half a minute: three discriminator moves for one",
      options: {
        width: 64,
        discriminatorWidth: 64,
        discriminatorMoves: 3,
        averageHalfLife: 12_800,
      },
      steps: 4000,
      data: { source: "ring8", options: { scale: 0.5 } },
    },
  },
  tiny: { batch: 4, latent: 2, width: 8, discriminatorWidth: 8 },
  chunk: 100,
  build(o, data) {
    const { isImage, field, item } = imitated(data);
    const norm = normalisations[o.discriminatorNorm];
    const hidden = (units: number) => new Array<number>(o.depth).fill(units);
    const nets = isImage
      ? {
          g: dcganGenerator({ image: item, width: o.width }),
          h: dcganFeatures({ image: item, width: o.discriminatorWidth, norm: "none", ...norm }),
        }
      : {
          g: mlpGenerator({ item, hidden: hidden(o.width) }),
          h: mlpFeatures({ hidden: hidden(o.discriminatorWidth), ...norm }),
        };
    const generator = module("g", nets.g);
    const betas = { beta1: o.beta1, beta2: o.beta2 };
    return adversarial({
      field,
      batch: o.batch,
      latent: normal(o.latent),
      generator,
      trunk: module("h", nets.h),
      ...sliced(losses[o.loss]()),
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
