import type { Tensor } from "../engine/ir/tensor.ts";
import { argMax } from "../engine/ops/index.ts";
import { projection } from "../gan/conditioning/projection.ts";
import type { Duel } from "../gan/duel.ts";
import { hinge } from "../gan/losses/hinge.ts";
import { residualGame, residualOptions, tinyResidual } from "../gan/residual-game.ts";
import { viewClassifier } from "../gan/self-supervision/view-classifier.ts";
import { quarterTurns as views } from "../gan/self-supervision/views.ts";
import { count, defineSystem, positive } from "../gan/system.ts";
import { supervision } from "../gan/terms/supervision.ts";
import { linear } from "../nn/linear.ts";
import { module } from "../nn/module.ts";

/**
 * S3GAN: a few labels teach a classifier, which tells the discriminator what all other data are.
 *
 * Source   Lučić, Tschannen, Ritter, Zhai, Bachem, Gelly 2019, arXiv:1903.02271, sections 3.2 and 3.3
 * Shapes   z f32[n,latent] and label i32[n] → image f32[n,c,s,s] in [−1,1]; discriminator: image and
 *          label → score f32[n]; its features → logits of classes f32[n,K] and of turns f32[n,4]
 * Units    rates per step; width in channels
 * Throws   DATA_FIELD for data without an image, a labelledImage and its label; GAME for a batch that is no
 *          multiple of 4; SHAPE for images whose side is not 4 to 7 times 2^k
 * Differs  BigGAN's nets, smaller by default; classifiers without spectral norm, under which they are slow to
 *          learn; with both weights of turns 0 it is S2GAN trained at once
 */
export const s3gan = defineSystem({
  id: "s3gan",
  about: "a few labels teach a classifier that says what all other data are, and turns help it",
  data: "semi-supervised",
  options: {
    ...residualOptions,
    batch: count(64, "items per step, with and without label each; a multiple of 4"),
    supervision: positive(1, "weight of the labels in the loss of the discriminator"),
    turns: positive(1, "weight of the turns of data in the loss of the discriminator"),
    generatorTurns: positive(0.2, "weight of the turns of fakes in the loss of the generator"),
  },
  tiny: { ...tinyResidual, batch: 4 },
  chunk: 4,
  build: (o, data) =>
    residualGame(o, data, ({ trunk, classes }) => {
      const classifier = module("classifier", linear(classes.length));
      const turned = module("turns", linear(views.length));
      const classify = ({ turn }: Duel, items: Tensor) =>
        turn.call(classifier, turn.call(trunk, items));
      const told = viewClassifier({
        views,
        trunk,
        head: turned,
        discriminatorWeight: o.turns,
        generatorWeight: o.generatorTurns,
      });
      const labels = { classify, items: "labelledImage", label: "label", weight: o.supervision };
      return {
        loss: hinge(),
        by: projection,
        dataLabel: (duel) => argMax(classify(duel, duel.real), { axis: 1 }),
        heads: [classifier, turned],
        terms: {
          discriminator: [supervision(labels), told.discriminator],
          generator: [told.generator],
        },
      };
    }),
});
