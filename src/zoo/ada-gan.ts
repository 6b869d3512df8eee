import { ada } from "../gan/augmentation/ada.ts";
import { projection } from "../gan/conditioning/projection.ts";
import { nonSaturating } from "../gan/losses/non-saturating.ts";
import { residualGame, residualOptions, tinyResidual } from "../gan/residual-game.ts";
import { defineSystem, fraction, positive } from "../gan/system.ts";

/**
 * ADA: items are changed in many ways, as often as it takes for data not to be learnt by heart.
 *
 * Source   Karras, Aittala, Hellsten, Laine, Lehtinen, Aila 2020, arXiv:2006.06676, section 3
 * Shapes   z f32[n,latent] and label i32[n] → image f32[n,c,s,s] in [−1,1]; discriminator: image and
 *          label → score f32[n]
 * Units    rates per step; width in channels; speed in thousands of items
 * Throws   DATA_FIELD for data without classes, SHAPE for images whose side is not 4 to 7 times 2^k
 * Differs  BigGAN's nets, smaller by default, not StyleGAN2's; places are read linearly, without a low-pass filter
 */
export const adaGan = defineSystem({
  id: "ada-gan",
  about: "items are changed in many ways, as often as it takes for data not to be learnt by heart",
  data: "mnist",
  options: {
    ...residualOptions,
    target: fraction(0.6, "mean sign of the scores of data that is held"),
    speed: positive(500, "thousands of items over which the probability may go from 0 to 1"),
    initial: fraction(0, "probability at the start"),
  },
  tiny: tinyResidual,
  chunk: 4,
  build(o, data) {
    const { target, speed: kimg, initial } = o;
    const augment = ada({ target, kimg, initial });
    return residualGame(o, data, { loss: nonSaturating(), by: projection, augment });
  },
});
