import { gaussianMixture, mixtureOptions } from "../gaussians.ts";
import { defineSource } from "../source.ts";

export const gaussian1d = defineSource({
  id: "gaussian-1d",
  description: "one Gaussian on the line, mean 4, deviation 0.5: the smallest GAN there is",
  options: mixtureOptions,
  open: ({ scale }) =>
    gaussianMixture({
      id: "gaussian-1d",
      about: {
        title: "Gaussian on the line",
        credit: "John Glover 2016, AYLIEN, An introduction to GANs in TensorFlow",
        licence: "none needed: generated",
      },
      modes: [[4]],
      sigma: 0.5,
      scale,
    }),
});
