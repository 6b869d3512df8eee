import { projection } from "../gan/conditioning/projection.ts";
import { uniform } from "../gan/latent.ts";
import { latentOptimisation } from "../gan/latent-optimisation.ts";
import { hinge } from "../gan/losses/hinge.ts";
import { residualGame, residualOptions, tinyResidual } from "../gan/residual-game.ts";
import { defineSystem, fraction, positive } from "../gan/system.ts";

/**
 * LOGAN: a code takes a step up the score before it is used, and both players learn through it.
 *
 * Source   Wu, Donahue, Balduzzi, Simonyan, Lillicrap 2019, arXiv:1912.00953, section 3.2
 * Shapes   z f32[n,latent] and label i32[n] → image f32[n,c,s,s] in [−1,1]; discriminator: image and
 *          label → score f32[n]
 * Units    rates per step; width in channels; codes in [−1, 1]
 * Throws   DATA_FIELD for data without classes, SHAPE for images whose side is not 4 to 7 times 2^k
 * Differs  BigGAN's nets, smaller by default; step and damping of StudioGAN's release 0.4 for small images
 */
export const logan = defineSystem({
  id: "logan",
  about: "a code takes a step up the score before it is used, and both players learn through it",
  data: "mnist",
  options: {
    ...residualOptions,
    step: positive(0.9, "length of the natural step of a code"),
    damping: positive(0.1, "what is added to the squared slope by which the step is divided"),
    moved: fraction(0.8, "share of codes that take a step"),
    cost: positive(0.1, "weight of the squared length of the step in both losses"),
  },
  tiny: tinyResidual,
  chunk: 4,
  build(o, data) {
    const { step: rate, damping, moved: share, cost: weight } = o;
    const { refine, term } = latentOptimisation({ rate, damping, share, weight });
    return residualGame(o, data, {
      loss: hinge(),
      by: projection,
      latent: uniform(o.latent),
      refine,
      terms: { discriminator: [term], generator: [term] },
    });
  },
});
