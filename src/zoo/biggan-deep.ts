import { projection } from "../gan/conditioning/projection.ts";
import { hinge } from "../gan/losses/hinge.ts";
import { bigganDeepFeatures, bigganDeepGenerator } from "../gan/nets/biggan-deep.ts";
import { residualGame, residualOptions, tinyResidual } from "../gan/residual-game.ts";
import { count, defineSystem } from "../gan/system.ts";

/**
 * BigGAN-deep: blocks of four convolutions that are narrow inside, and the whole code for each of them.
 *
 * Source   Brock, Donahue, Simonyan 2019, arXiv:1809.11096, appendix B, figure 16
 * Shapes   z f32[n,latent] and label i32[n] → image f32[n,c,s,s] in [−1,1]; discriminator: image and
 *          label → score f32[n]
 * Units    rates per step; width in channels
 * Throws   DATA_FIELD for data without classes, SHAPE for images whose side is not 4 to 7 times 2^k
 * Differs  smaller by default, with one block at each map unless told otherwise, where the paper has two
 */
export const bigganDeep = defineSystem({
  id: "biggan-deep",
  about: "blocks of four convolutions that are narrow inside, and the whole code for each of them",
  data: "mnist",
  options: {
    ...residualOptions,
    shared: count(128, "size of the class vector that blocks share"),
    depth: count(1, "blocks at each map, of which one doubles or halves it; the paper has 2"),
  },
  // At width 1 a block would have one channel inside, and a ReLU that is off would end it.
  tiny: { ...tinyResidual, width: 3 },
  chunk: 4,
  build: (o, data) =>
    residualGame(o, data, {
      loss: hinge(),
      by: projection,
      nets: {
        generator: (shape) => bigganDeepGenerator(shape, o.depth),
        features: (shape) => bigganDeepFeatures(shape, o.depth),
      },
    }),
});
