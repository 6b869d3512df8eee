import { fakeClass } from "../gan/conditioning/fake-class.ts";
import { nonSaturating } from "../gan/losses/non-saturating.ts";
import { residualGame, residualOptions, tinyResidual } from "../gan/residual-game.ts";
import { defineSystem } from "../gan/system.ts";

/**
 * AM-GAN: K classes of data and one of fakes; each fake climbs to the class it was asked to be.
 *
 * Source   Zhou, Cai, Rong, Song, Ren, Zhang, Wang, Yu 2018, arXiv:1703.02000, section 3.3
 * Shapes   z f32[n,latent] and label i32[n] → image f32[n,c,s,s] in [−1,1]; discriminator: image and
 *          label → score f32[n] of each class and of fakes, f32[n,K+1]
 * Units    rates per step; width in channels
 * Throws   DATA_FIELD for data without classes, SHAPE for images whose side is not 4 to 7 times 2^k
 * Differs  labels are predefined, not the discriminator's own choice; BigGAN's nets
 */
export const amGan = defineSystem({
  id: "am-gan",
  about: "K classes of data and one of fakes; each fake climbs to the class it was asked to be",
  data: "mnist",
  options: residualOptions,
  tiny: tinyResidual,
  chunk: 4,
  build: (o, data) => residualGame(o, data, { loss: nonSaturating(), by: fakeClass }),
});
