import { discriminativeClassifier } from "../gan/conditioning/discriminative-classifier.ts";
import { hinge } from "../gan/losses/hinge.ts";
import { residualGame, tinyResidual, weightedOptions } from "../gan/residual-game.ts";
import { defineSystem } from "../gan/system.ts";

/**
 * ADC-GAN: a classifier of classes and sides at once, whose optimum is the data.
 *
 * Source   Hou, Cao, Shen, Cheng 2022, arXiv:2107.10060, equations 6 and 7
 * Shapes   z f32[n,latent] and label i32[n] → image f32[n,c,s,s] in [−1,1]; discriminator: image and
 *          label → score f32[n]
 * Units    rates per step; width in channels
 * Throws   DATA_FIELD for data without classes, SHAPE for images whose side is not 4 to 7 times 2^k
 * Differs  BigGAN's nets without its large batches
 */
export const adcGan = defineSystem({
  id: "adc-gan",
  about: "a classifier of classes and sides at once, whose optimum is the data",
  data: "mnist",
  options: weightedOptions,
  tiny: tinyResidual,
  chunk: 4,
  build: (o, data) => residualGame(o, data, { loss: hinge(), by: discriminativeClassifier }),
});
