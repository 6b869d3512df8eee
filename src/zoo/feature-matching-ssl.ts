import { z } from "zod";
import type { Tensor } from "../engine/ir/tensor.ts";
import { logSumExp } from "../engine/ops/index.ts";
import { adversarial } from "../gan/adversarial.ts";
import { notNegative } from "../gan/advice.ts";
import type { Duel } from "../gan/duel.ts";
import { normal } from "../gan/latent.ts";
import type { AdversarialLoss } from "../gan/losses/loss.ts";
import { nonSaturating } from "../gan/losses/non-saturating.ts";
import { mlpGenerator } from "../gan/nets/mlp.ts";
import { noisyClassifier } from "../gan/nets/noisy-classifier.ts";
import { count, defineSystem, fieldOf, fraction, positive } from "../gan/system.ts";
import { featureDistance } from "../gan/terms/feature-matching.ts";
import { supervision } from "../gan/terms/supervision.ts";
import { tanh } from "../nn/activations.ts";
import { adam } from "../nn/adam.ts";
import { average } from "../nn/average.ts";
import { batchNorm } from "../nn/batch-norm.ts";
import { module } from "../nn/module.ts";
import { cosine, steps } from "../nn/schedules.ts";
import type { Scope } from "../nn/trace.ts";

/** The discriminator's usual loss; the generator only matches features. */
const loss: AdversarialLoss = {
  ...nonSaturating(),
  id: "feature-matching",
  generator: (_, duel) => featureDistance(duel),
  unit: { discriminator: "nats", generator: "squared feature" },
  scoreUnit: "logit",
  healthy: { ...nonSaturating().healthy, generator: notNegative },
  meaning: {
    ...nonSaturating().meaning,
    generator: "how far the mean features of fakes are from those of data; 0 = they agree",
  },
};

const deviation = (initial: number, about: string) =>
  z.number().min(0).default(initial).describe(about);

/**
 * Feature-matching SSL: a discriminator that also classifies learns from a few labels and many images.
 *
 * Source   Salimans, Goodfellow, Zaremba, Cheung, Radford, Chen 2016, arXiv:1606.03498, section 5
 * Shapes   z f32[n,latent] → image f32[n,c,h,w] in [−1,1]; classifier: image → K class logits f32[n,K],
 *          the logit of a (K+1)th class, "fake", being 0: so real has logit logΣexp of the K
 * Units    rates per step; width in units; noise in deviations of what it is added to, pixels being in [−1,1]
 * Throws   DATA_FIELD for data without labels
 * Differs  fewer and narrower layers, less noise, its numbers from a table; the generator's ReLU and tanh;
 *          samples from averaged weights; `shift` is our addition, none when 0
 */
export const featureMatchingSsl = defineSystem({
  id: "feature-matching-ssl",
  about: "a discriminator that also classifies, from a few labels and many images",
  data: "semi-supervised",
  options: {
    batch: count(100, "items per step, labelled, unlabelled and fake each"),
    latent: count(32, "size of the noise vector"),
    width: count(128, "units of D's last two hidden layers, half those of its first and of G's"),
    itemNoise: deviation(0.35, "deviation of the noise on D's input, in training"),
    noise: deviation(0.25, "deviation of the noise on D's hidden layers, in training"),
    shift: fraction(0, "largest shift of what D sees, in training, as a share of the side"),
    generatorRate: positive(3e-3, "Adam's learning rate of the generator"),
    discriminatorRate: positive(3e-3, "Adam's learning rate of the discriminator"),
    beta1: fraction(0.5, "Adam's decay of the mean gradient"),
    decay: z
      .int()
      .positive()
      .optional()
      .describe("steps over which both rates fall to 0, along half a cosine; constant when absent"),
    supervision: positive(2, "weight of the labels; the paper halves the other terms"),
    averageHalfLife: positive(10_000, "half-life of the average of all weights, in images"),
  },
  presets: {
    digits: {
      about: "digits with 100 labels: 96 in 100 recognised, 83 by the labels alone",
      options: { decay: 12_000, shift: 1 / 16 },
      steps: 12_000,
      data: { source: "semi-supervised", options: { side: 16, unlabelled: 10_000 } },
    },
  },
  tiny: { batch: 4, latent: 2, width: 4 },
  chunk: 10,
  build(o, data) {
    const item = fieldOf(data, "image").shape;
    fieldOf(data, "labelledImage");
    const classes = fieldOf(data, "label").classes!.length;
    const wide = 2 * o.width;
    const made = { item, hidden: [wide, wide], norm: batchNorm(), output: tanh };
    const generator = module("g", mlpGenerator(made));
    const nets = noisyClassifier({ ...o, classes });
    const trunk = module("trunk", nets.trunk);
    const classifier = module("d", nets.head);
    const discriminator = module("d", (features: Tensor, scope: Scope) =>
      logSumExp(classifier.net(features, scope), { axes: [1] }),
    );
    const classify = ({ turn }: Duel, items: Tensor) =>
      turn.call(classifier, turn.call(trunk, items));
    const terms = [
      supervision({ classify, items: "labelledImage", label: "label", weight: o.supervision }),
    ];
    const falling = (rate: number) =>
      o.decay === undefined ? rate : cosine(rate, 0, steps(o.decay));
    return adversarial({
      field: "image",
      batch: o.batch,
      latent: normal(o.latent),
      generator,
      trunk,
      discriminator,
      loss,
      terms: { discriminator: terms },
      optimise: {
        generator: adam({ rate: falling(o.generatorRate), beta1: o.beta1 }),
        discriminator: adam({ rate: falling(o.discriminatorRate), beta1: o.beta1 }),
      },
      average: {
        of: [generator, trunk, classifier],
        // The ramp forgets first weights, to which batch statistics of later ones do not belong.
        decay: average({ halfLife: o.averageHalfLife, batch: o.batch, ramp: 0.05 }),
      },
    });
  },
});
