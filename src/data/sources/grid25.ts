import { gaussianMixture, grid, mixtureOptions } from "../gaussians.ts";
import { defineSource } from "../source.ts";

export const grid25 = defineSource({
  id: "grid25",
  description: "25 Gaussians of deviation 0.05 on a 5x5 grid from -4 to 4: does a GAN drop modes?",
  options: mixtureOptions,
  open: ({ scale }) =>
    gaussianMixture({
      id: "grid25",
      about: {
        title: "Grid of 25 Gaussians",
        credit:
          "Lin, Khetan, Fanti, Oh 2018, PacGAN, arXiv:1712.04086, after VEEGAN, arXiv:1705.07761",
        licence: "none needed: generated",
      },
      modes: grid(5, 2),
      sigma: 0.05,
      scale,
    }),
});
