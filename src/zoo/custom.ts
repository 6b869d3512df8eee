import { z } from "zod";
import { GanymedeError } from "../core/errors.ts";
import { adversarial } from "../gan/adversarial.ts";
import { catalog as augmentations } from "../gan/augmentation/_catalog.ts";
import { clipped } from "../gan/constraints.ts";
import { normal } from "../gan/latent.ts";
import { catalog as losses } from "../gan/losses/_catalog.ts";
import { netPair } from "../gan/nets/pair.ts";
import { normalisationIds, normalisations } from "../gan/normalisation.ts";
import { catalog as penalties } from "../gan/penalties/_catalog.ts";
import type { Penalty } from "../gan/penalties/penalty.ts";
import { averageRamp, count, defineSystem, fraction, imitated, positive } from "../gan/system.ts";
import { average } from "../nn/average.ts";
import { module } from "../nn/module.ts";
import { optimiserIds, optimisers } from "../nn/optimisers.ts";

/** All names of a catalogue, as an option. */
const oneOf = <T extends object>(catalog: T) => z.enum(Object.keys(catalog) as [keyof T & string]);

/** A chosen part. Throws `ITEMS` when it is for images and the data have none. */
function fitting<P extends { readonly items?: "image" }>(
  part: P,
  called: string,
  isImage: boolean,
) {
  if (isImage || part.items === undefined) return part;
  throw new GanymedeError("ITEMS", {
    where: `system custom ${called}`,
    expected: `data with a field ${part.items}`,
    got: "points",
    fix: "choose other data (see `ganymede data`) or another part",
  });
}

/** What the options name: the terms of the discriminator, and what it is shown. */
function chosen(
  o: {
    readonly penalty: "none" | keyof typeof penalties;
    readonly penaltyWeight?: number | undefined;
    readonly augmentation: "none" | keyof typeof augmentations;
  },
  isImage: boolean,
) {
  const weight = o.penaltyWeight === undefined ? {} : { weight: o.penaltyWeight };
  const terms = [];
  if (o.penalty !== "none") {
    const penalty: Penalty = penalties[o.penalty];
    terms.push(fitting(penalty, `penalty ${o.penalty}`, isImage)(weight));
  }
  const game = { terms: { discriminator: terms } };
  if (o.augmentation === "none") return game;
  const augment = augmentations[o.augmentation]();
  return { ...game, augment: fitting(augment, `augmentation ${o.augmentation}`, isImage) };
}

/**
 * Any loss with any penalty, normalisation and augmentation: a bench on which parts are compared.
 *
 * Source   Lucic et al. 2018, arXiv:1711.10337; Kurach et al. 2019, arXiv:1807.04720
 * Shapes   z f32[n,latent] → image f32[n,c,s,s] in [−1,1] or point f32[n,d]; discriminator: item → logit f32[n]
 * Units    rates per step; widths in channels for images, in units of each hidden layer for points
 * Throws   SHAPE for images whose side is not 4 to 7 times a power of two; ITEMS for points when the
 *          penalty or the augmentation is for images
 * Differs  not a paper's system: the nets are DCGAN's, or dense
 */
export const custom = defineSystem({
  id: "custom",
  about: "any loss with any penalty, normalisation and augmentation, all else equal",
  data: "ring8",
  options: {
    batch: count(64, "items per step"),
    latent: count(16, "size of the noise vector"),
    width: count(64, "generator's units per layer, or channels at its finest map"),
    discriminatorWidth: count(64, "the same of the discriminator"),
    depth: count(2, "hidden layers of each net, for points"),
    loss: oneOf(losses).default("non-saturating").describe("what the two players minimise"),
    penalty: z
      .union([z.literal("none"), oneOf(penalties)])
      .default("none")
      .describe("what is added to the discriminator's loss"),
    penaltyWeight: z
      .number()
      .positive()
      .optional()
      .describe("weight of the penalty; its paper's own when absent"),
    augmentation: z
      .union([z.literal("none"), oneOf(augmentations)])
      .default("none")
      .describe("how data and fakes are changed before the discriminator sees them"),
    generatorNorm: z.enum(normalisationIds).default("none").describe("generator's normalisation"),
    discriminatorNorm: z
      .enum(normalisationIds)
      .default("none")
      .describe("discriminator's normalisation"),
    clip: z.number().positive().optional().describe("bound of each discriminator parameter"),
    optimiser: z.enum(optimiserIds).default("adam").describe("moves the parameters of both"),
    generatorRate: positive(1e-3, "learning rate of the generator"),
    discriminatorRate: positive(1e-3, "learning rate of the discriminator"),
    beta1: fraction(0, "decay of the mean gradient: Adam's, or the others' momentum"),
    beta2: fraction(0.99, "decay of the mean squared gradient, for Adam and RMSProp"),
    discriminatorMoves: count(1, "discriminator moves per generator move"),
    averageHalfLife: positive(10_000, "half-life of the weight average, in items"),
    averageRamp,
  },
  tiny: { batch: 4, latent: 2, width: 8, discriminatorWidth: 8 },
  chunk: 50,
  build(o, data) {
    const { isImage, field, item } = imitated(data);
    const nets = netPair({
      item,
      width: o.width,
      discriminatorWidth: o.discriminatorWidth,
      depth: o.depth,
      generatorNorm: normalisations[o.generatorNorm],
      discriminatorNorm: normalisations[o.discriminatorNorm],
    });
    const generator = module("g", nets.generator);
    const betas = { beta1: o.beta1, beta2: o.beta2 };
    return adversarial({
      field,
      batch: o.batch,
      latent: normal(o.latent),
      generator,
      discriminator: module("d", nets.discriminator),
      loss: losses[o.loss](),
      ...chosen(o, isImage),
      ...(o.clip !== undefined && { constrain: clipped(o.clip) }),
      optimise: {
        generator: optimisers[o.optimiser]({ rate: o.generatorRate, ...betas }),
        discriminator: optimisers[o.optimiser]({ rate: o.discriminatorRate, ...betas }),
      },
      discriminatorMoves: o.discriminatorMoves,
      average: {
        of: [generator],
        decay: average({ halfLife: o.averageHalfLife, batch: o.batch, ramp: o.averageRamp }),
      },
    });
  },
});
