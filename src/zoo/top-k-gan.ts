import { narrowing, onBestFakes } from "../gan/best-fakes.ts";
import { projection } from "../gan/conditioning/projection.ts";
import { hinge } from "../gan/losses/hinge.ts";
import { residualGame, residualOptions, tinyResidual } from "../gan/residual-game.ts";
import { count, defineSystem, fraction } from "../gan/system.ts";

/**
 * Top-k training: the generator learns from its best fakes only, fewer and fewer of them.
 *
 * Source   Sinha, Zhao, Goyal, Raffel, Odena 2020, arXiv:2002.06224, section 4
 * Shapes   z f32[n,latent] and label i32[n] → image f32[n,c,s,s] in [−1,1]; discriminator: image and
 *          label → score f32[n]
 * Units    rates per step; width in channels; epochs in steps
 * Throws   DATA_FIELD for data without classes, SHAPE for images whose side is not 4 to 7 times 2^k
 * Differs  BigGAN's nets, smaller by default
 */
export const topKGan = defineSystem({
  id: "top-k-gan",
  about: "the generator learns from its best fakes only, fewer and fewer of them",
  data: "mnist",
  options: {
    ...residualOptions,
    factor: fraction(0.99, "what the share of fakes is multiplied by after each epoch"),
    least: fraction(0.5, "least share of fakes"),
    epoch: count(800, "steps of an epoch"),
  },
  tiny: { ...tinyResidual, epoch: 2, factor: 0.7 },
  chunk: 4,
  build(o, data) {
    const share = narrowing({ factor: o.factor, least: o.least, every: o.epoch });
    return residualGame(o, data, { loss: onBestFakes(hinge(), share), by: projection });
  },
});
