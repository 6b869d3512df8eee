import { z } from "zod";
import { normal } from "../gan/latent.ts";
import { wasserstein } from "../gan/losses/wasserstein.ts";
import { dcganDiscriminator, dcganGenerator } from "../gan/nets/dcgan.ts";
import { mlpDiscriminator, mlpGenerator } from "../gan/nets/mlp.ts";
import { count, defineSystem, fraction, imitated, positive } from "../gan/system.ts";
import { acrossGroups, tempered } from "../gan/tempering.ts";
import { coherency } from "../gan/terms/coherency.ts";
import { adam } from "../nn/adam.ts";
import { average } from "../nn/average.ts";
import { module } from "../nn/module.ts";

/**
 * PTGAN: mixtures of two rows are learnt beside the rows themselves, as parallel tempering does; mixed
 * across groups and sampled half-way, they make fair data.
 *
 * Source   Sohn, Song 2024, arXiv:2411.11786, algorithm 3
 * Shapes   z f32[n,latent] and α → image f32[n,c,s,s] or point f32[n,d]; critic: item and α → score f32[n]
 * Units    rates per step; width in channels for images, in units of each hidden layer for points
 * Throws   SHAPE for images whose side is not 4 to 7 times a power of two
 * Differs  a row's partner is its neighbour in the batch, not a second draw; codes are not mixed with α;
 *          samples come from an average of the generator's weights
 */
export const ptgan = defineSystem({
  id: "ptgan",
  about: "learns mixtures of two rows beside the rows themselves, as parallel tempering does",
  data: "grid25",
  options: {
    batch: count(128, "items per step"),
    latent: count(2, "size of the noise vector"),
    width: count(128, "hidden units (points) or channels at the finest map (images)"),
    depth: count(3, "hidden layers of each net, for points"),
    rate: positive(1e-3, "Adam's learning rate of the generator"),
    criticRate: positive(1e-3, "Adam's learning rate of the critic"),
    beta1: fraction(0, "Adam's decay of the mean gradient"),
    beta2: fraction(0.9, "Adam's decay of the mean squared gradient"),
    share: fraction(0.9, "share of items that are left as they are (the paper's r)"),
    coherency: positive(100, "weight of the coherency penalty"),
    criticMoves: count(1, "critic moves per generator move"),
    groupColumn: z
      .int()
      .min(0)
      .optional()
      .describe("fair variant: rows are mixed across the groups in this column of a point"),
    sampleAt: fraction(1, "α of samples: 1 the data, ½ fully mixed"),
    averageHalfLife: positive(50_000, "half-life of the weight average, in items"),
  },
  presets: {
    grid25: {
      about: "all 25 modes of the grid, in about a minute on two cores",
      options: { width: 64 },
      steps: 12_000,
      data: { source: "grid25", options: { scale: 0.5 } },
    },
    fair: {
      about: "rows of a table from which a classifier learns to treat two groups alike",
      options: { width: 64, latent: 8, share: 0.2, groupColumn: 0, coherency: 10, sampleAt: 0.7 },
      steps: 5000,
      data: { source: "tab-synthetic" },
    },
  },
  tiny: { batch: 4, width: 8, depth: 2 },
  chunk: 100,
  build(o, data) {
    const { isImage, field, item } = imitated(data);
    const image = [item[0]! + 1, ...item.slice(1)];
    const hidden = new Array<number>(o.depth).fill(o.width);
    const nets = isImage
      ? {
          g: dcganGenerator({ image: item, width: o.width }),
          d: dcganDiscriminator({ image, width: o.width, norm: "none" }),
        }
      : { g: mlpGenerator({ item, hidden }), d: mlpDiscriminator({ hidden }) };
    const generator = module("g", nets.g);
    const betas = { beta1: o.beta1, beta2: o.beta2 };
    const parts = {
      field,
      batch: o.batch,
      latent: normal(o.latent),
      generator,
      discriminator: module("d", nets.d),
      loss: wasserstein(),
      terms: { discriminator: [coherency({ weight: o.coherency })] },
      optimise: {
        generator: adam({ rate: o.rate, ...betas }),
        discriminator: adam({ rate: o.criticRate, ...betas }),
      },
      discriminatorMoves: o.criticMoves,
      average: { of: [generator], decay: average({ halfLife: o.averageHalfLife, batch: o.batch }) },
    };
    return tempered(parts, {
      share: o.share,
      sampleAt: o.sampleAt,
      ...(o.groupColumn !== undefined && { pairing: acrossGroups(o.groupColumn) }),
    });
  },
});
