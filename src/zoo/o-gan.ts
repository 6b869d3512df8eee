import { z } from "zod";
import { adversarial } from "../gan/adversarial.ts";
import { labelField } from "../gan/condition.ts";
import { normal } from "../gan/latent.ts";
import { hinge } from "../gan/losses/hinge.ts";
import { dcganFeatures, dcganGenerator } from "../gan/nets/dcgan.ts";
import { logit } from "../gan/nets/mlp.ts";
import { groupsOf, parseOntology } from "../gan/ontology.ts";
import { hierarchical, withOntology } from "../gan/ontology-condition.ts";
import { orNone } from "../gan/residual-game.ts";
import { count, defineSystem, fieldOf, fraction, positive } from "../gan/system.ts";
import { adam } from "../nn/adam.ts";
import { average } from "../nn/average.ts";
import { module } from "../nn/module.ts";

/**
 * O-GAN: classes, and what they are kinds of, each level with a classifier of its own.
 *
 * Source   Eghbal-zadeh, Fischer, Hoch 2019, arXiv:1905.06586
 * Shapes   z f32[n,latent+untold] and node i32[n], a class or a group → image f32[n,c,s,s] in [−1,1];
 *          discriminator: image → score f32[n], and logits of each level
 * Units    rates per step; width in channels
 * Throws   DATA_FIELD for data without classes, OPTION for an ontology that does not have each class once,
 *          SHAPE for images whose side is not 4 to 7 times 2^k
 * Differs  nodes are numbers and not texts; some fakes are told their group alone, so that groups can be
 *          asked for; DCGAN's nets and the hinge loss
 */
export const oGan = defineSystem({
  id: "o-gan",
  about: "classes and what they are kinds of, with a classifier of each level of the ontology",
  data: "mnist",
  options: {
    batch: count(64, "images per step"),
    latent: count(64, "size of the noise vector"),
    vector: count(4, "size of each level's vector: those as large as the code soon count alone"),
    ontology: z
      .string()
      .default("round = 0 6 8 9, straight = 1 4 7, open = 2 3 5")
      .describe("groups of class numbers, `;` between levels, the coarsest first"),
    untold: orNone(8, "one fake in so many is told its group and not its class; 0 = none"),
    width: count(32, "channels of both nets at their finest hidden map"),
    conditioningWeight: positive(1, "weight of the classifiers in both losses"),
    generatorRate: positive(2e-4, "Adam's learning rate of the generator"),
    discriminatorRate: positive(2e-4, "Adam's learning rate of the discriminator"),
    beta1: fraction(0.5, "Adam's decay of the mean gradient"),
    averageHalfLife: positive(10_000, "half-life of the weight average, in images"),
  },
  tiny: { batch: 4, latent: 4, vector: 2, untold: 2, width: 4 },
  chunk: 10,
  build(o, data) {
    const shape = { image: fieldOf(data, "image").shape, width: o.width };
    const { classes } = labelField(data);
    const ontology = parseOntology(o.ontology, classes);
    const telling = { ontology, untold: o.untold };
    const generator = module("g", withOntology(dcganGenerator(shape), telling, o.vector));
    const by = hierarchical({ ...telling, weight: o.conditioningWeight });
    return adversarial({
      field: "image",
      batch: o.batch,
      latent: normal(o.latent + o.untold),
      generator,
      trunk: module("trunk", dcganFeatures(shape)),
      discriminator: module("d", logit()),
      loss: hinge(),
      condition: { label: "label", classes, groups: groupsOf(ontology), by },
      optimise: {
        generator: adam({ rate: o.generatorRate, beta1: o.beta1 }),
        discriminator: adam({ rate: o.discriminatorRate, beta1: o.beta1 }),
      },
      average: { of: [generator], decay: average({ halfLife: o.averageHalfLife, batch: o.batch }) },
    });
  },
});
