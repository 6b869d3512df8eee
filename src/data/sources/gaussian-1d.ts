import { z } from "zod";
import { gaussianMixture, mixtureOptions } from "../gaussians.ts";
import { defineSource } from "../source.ts";

export const gaussian1d = defineSource({
  id: "gaussian-1d",
  description:
    "one Gaussian on the line, of mean 4 and deviation 0.5 unless told otherwise: the smallest GAN there is",
  options: {
    ...mixtureOptions,
    mean: z.number().default(4).describe("where its middle is"),
    sigma: z.number().positive().default(0.5).describe("its standard deviation"),
  },
  open: ({ scale, mean, sigma }) =>
    gaussianMixture({
      id: "gaussian-1d",
      about: {
        title: "Gaussian on the line",
        credit: "John Glover 2016, AYLIEN, An introduction to GANs in TensorFlow",
        licence: "none needed: generated",
      },
      modes: [[mean]],
      sigma,
      scale,
    }),
});
