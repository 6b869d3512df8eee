import { twinClassifier } from "../gan/conditioning/twin-classifier.ts";
import { hinge } from "../gan/losses/hinge.ts";
import { residualGame, tinyResidual, weightedOptions } from "../gan/residual-game.ts";
import { defineSystem } from "../gan/system.ts";

/**
 * TAC-GAN: AC-GAN with a twin classifier of fakes, which gives classes their spread back.
 *
 * Source   Gong, Xu, Li, Zhang, Batmanghelich 2019, arXiv:1907.02690, equation 4
 * Shapes   z f32[n,latent] and label i32[n] → image f32[n,c,s,s] in [−1,1]; discriminator: image and
 *          label → score f32[n]
 * Units    rates per step; width in channels
 * Throws   DATA_FIELD for data without classes, SHAPE for images whose side is not 4 to 7 times 2^k
 * Differs  BigGAN's nets without its large batches
 */
export const tacGan = defineSystem({
  id: "tac-gan",
  about: "AC-GAN with a twin classifier of fakes, which gives classes their spread back",
  data: "mnist",
  options: weightedOptions,
  tiny: tinyResidual,
  chunk: 4,
  build: (o, data) => residualGame(o, data, { loss: hinge(), by: twinClassifier }),
});
