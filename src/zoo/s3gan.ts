import { z } from "zod";
import type { Tensor } from "../engine/ir/tensor.ts";
import { projection } from "../gan/conditioning/projection.ts";
import type { Duel } from "../gan/duel.ts";
import { guessedClass } from "../gan/guessed-class.ts";
import { hinge } from "../gan/losses/hinge.ts";
import { dcganFeatures } from "../gan/nets/dcgan.ts";
import { residualGame, residualOptions, tinyResidual } from "../gan/residual-game.ts";
import { viewClassifier } from "../gan/self-supervision/view-classifier.ts";
import { quarterTurns as views } from "../gan/self-supervision/views.ts";
import { count, type DataInfo, defineSystem, fieldOf, positive } from "../gan/system.ts";
import { supervision } from "../gan/terms/supervision.ts";
import { linear } from "../nn/linear.ts";
import { module, sequential } from "../nn/module.ts";
import { flatten } from "../nn/shape.ts";

/**
 * S3GAN: a few labels teach a classifier, which tells the discriminator what all other data are.
 *
 * Source   Lučić, Tschannen, Ritter, Zhai, Bachem, Gelly 2019, arXiv:1903.02271, sections 3.2 and 3.3
 * Shapes   z f32[n,latent] and label i32[n] → image f32[n,c,s,s] in [−1,1]; discriminator: image and
 *          label → score f32[n]; its features → logits of classes f32[n,K] and of turns f32[n,4]
 * Units    rates per step; width in channels
 * Throws   DATA_FIELD for data without an image, known, a labelledImage and its label; GAME for a
 *          batch that is no multiple of 4; SHAPE for images whose side is not 4 to 7 times 2^k
 * Differs  BigGAN's nets, smaller by default; classifiers without spectral norm, under which they are slow to
 *          learn; S2GAN's, of a trunk of its own, is taught beside the game where the paper's is done before
 */
export const s3gan = defineSystem({
  id: "s3gan",
  about: "a few labels teach a classifier that says what all other data are, and turns help it",
  data: "semi-supervised",
  options: {
    ...residualOptions,
    batch: count(64, "items per step, with and without label each; a multiple of 4"),
    classifier: z
      .enum(["discriminator", "own"])
      .default("discriminator")
      .describe("trunk of the classifiers: the discriminator's, or one of its own (S2GAN)"),
    classifierWidth: count(32, "channels of the finest map of a trunk of its own"),
    supervision: positive(1, "weight of the labels in the loss of the discriminator"),
    turns: positive(1, "weight of the turns of data in the loss of the discriminator"),
    generatorTurns: positive(0.2, "the same of fakes, in the generator's; not in S2GAN"),
  },
  tiny: { ...tinyResidual, batch: 4, classifierWidth: 2 },
  chunk: 4,
  build(o, data) {
    for (const name of ["labelledImage", "known"]) fieldOf(data, name);
    return residualGame(o, data, ({ trunk: judging, classes }) => {
      const own = o.classifier === "own" && classifierTrunk(o.classifierWidth, data);
      const trunk = own || judging;
      const classifier = module("classifier", linear(classes.length));
      const guess = module("guess", guessedClass());
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
        dataLabel: (duel) => {
          const { known, label: like } = duel.turn.batch;
          const logits = classify(duel, duel.real);
          return duel.turn.call(guess, { logits, known: known!, like: like! });
        },
        heads: [...(own ? [own] : []), classifier, turned],
        terms: {
          discriminator: [supervision(labels), told.discriminator],
          generator: own ? [] : [told.generator],
        },
      };
    });
  },
});

/** DCGAN's: it learns from few labels what a narrow residual net under spectral norm does not. */
const classifierTrunk = (width: number, data: DataInfo) => {
  const maps = dcganFeatures({ image: fieldOf(data, "image").shape, width });
  return module("sight", sequential({ maps, flat: flatten }));
};
