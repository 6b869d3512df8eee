import { nonSaturating } from "../gan/losses/non-saturating.ts";
import { logit } from "../gan/nets/mlp.ts";
import { viewClassifier } from "../gan/self-supervision/view-classifier.ts";
import { defineSystem, positive } from "../gan/system.ts";
import { viewGame, viewOptions } from "../gan/view-game.ts";
import { linear } from "../nn/linear.ts";
import { module, sequential } from "../nn/module.ts";
import { flatten } from "../nn/shape.ts";

/**
 * SSGAN: a discriminator that also tells by how much images were turned.
 *
 * Source   Chen, Zhai, Ritter, Lucic, Houlsby 2019, arXiv:1811.11212, section 3
 * Shapes   z f32[n,latent] → image f32[n,c,s,s] in [−1,1] or point f32[n,d]; discriminator: item →
 *          logit f32[n], and logits f32[n,K] of K views
 * Units    rates per step; width in channels (images) or units of each of two hidden layers (points)
 * Throws   SHAPE for images whose side is not 4 to 7 times a power of two; GAME for a batch that K does
 *          not divide
 * Differs  DCGAN's nets; views of points are themselves and their mirror images; samples come from an
 *          average of the generator's weights
 */
export const ssgan = defineSystem({
  id: "ssgan",
  about: "a discriminator that also tells by how much images were turned",
  data: "mnist",
  options: {
    ...viewOptions,
    discriminatorWeight: positive(
      1,
      "weight of the views of data in the loss of the discriminator",
    ),
    generatorWeight: positive(0.2, "weight of the views of fakes in the loss of the generator"),
  },
  tiny: { batch: 4, latent: 4, width: 4 },
  chunk: 20,
  build: (o, data) =>
    viewGame(o, data, ({ views, trunk }) => {
      const head = module("views", sequential({ flat: flatten, out: linear(views.length) }));
      const { discriminatorWeight, generatorWeight } = o;
      const told = viewClassifier({ views, trunk, head, discriminatorWeight, generatorWeight });
      return {
        discriminator: module("d", logit()),
        loss: nonSaturating(),
        heads: [head],
        terms: { discriminator: [told.discriminator], generator: [told.generator] },
      };
    }),
});
