import { labelAugmentation } from "../gan/self-supervision/label-augmentation.ts";
import { defineSystem } from "../gan/system.ts";
import { viewGame, viewOptions } from "../gan/view-game.ts";
import { linear } from "../nn/linear.ts";
import { module, sequential } from "../nn/module.ts";
import { flatten } from "../nn/shape.ts";

/**
 * SSGAN-LA: one classifier of views and sides at once: self-supervision whose optimum is the data.
 *
 * Source   Hou, Shen, Cao, Cheng 2021, arXiv:2106.05601, section 4
 * Shapes   z f32[n,latent] → image f32[n,c,s,s] in [−1,1] or point f32[n,d]; discriminator: item →
 *          logits f32[n,2K] of K views of data and of fakes
 * Units    rates per step; width in channels (images) or units of each of two hidden layers (points)
 * Throws   SHAPE for images whose side is not 4 to 7 times a power of two; GAME for a batch that K does
 *          not divide
 * Differs  DCGAN's nets; views of points are themselves and their mirror images; samples come from an
 *          average of the generator's weights
 */
export const ssganLa = defineSystem({
  id: "ssgan-la",
  about: "one classifier of views and sides at once: self-supervision whose optimum is the data",
  data: "mnist",
  options: viewOptions,
  tiny: { batch: 4, latent: 4, width: 4 },
  chunk: 20,
  build: (o, data) =>
    viewGame(o, data, ({ views }) => {
      const { augment, loss, logits } = labelAugmentation(views);
      const head = sequential({ flat: flatten, out: linear(logits) });
      return { discriminator: module("d", head), loss, augment };
    }),
});
