import { contrastive } from "../gan/conditioning/contrastive.ts";
import { hinge } from "../gan/losses/hinge.ts";
import { residualGame, tinyResidual, weightedOptions } from "../gan/residual-game.ts";
import { defineSystem } from "../gan/system.ts";

/**
 * ContraGAN: data and fakes gather by class, by similarities between all items of a batch.
 *
 * Source   Kang, Park 2020, arXiv:2006.12681, equation 8
 * Shapes   z f32[n,latent] and label i32[n] → image f32[n,c,s,s] in [−1,1]; discriminator: image and
 *          label → score f32[n]
 * Units    rates per step; width in channels
 * Throws   DATA_FIELD for data without classes, SHAPE for images whose side is not 4 to 7 times 2^k
 * Differs  BigGAN's nets without its large batches; no consistency regularisation
 */
export const contragan = defineSystem({
  id: "contragan",
  about: "data and fakes gather by class, by similarities between all items of a batch",
  data: "mnist",
  options: weightedOptions,
  tiny: tinyResidual,
  chunk: 4,
  build: (o, data) => residualGame(o, data, { loss: hinge(), by: contrastive }),
});
