import { gaussianMixture, mixtureOptions, ring } from "../gaussians.ts";
import { defineSource } from "../source.ts";

export const ring8 = defineSource({
  id: "ring8",
  description: "8 Gaussians of deviation 0.02 on a circle of radius 2: does a GAN drop modes?",
  options: mixtureOptions,
  open: ({ scale }) =>
    gaussianMixture({
      id: "ring8",
      about: {
        title: "Ring of 8 Gaussians",
        // PacGAN's ring (radius 1, deviation 0.01) is this one at half the size.
        credit: "Metz, Poole, Pfau, Sohl-Dickstein 2016, Unrolled GAN, arXiv:1611.02163",
        licence: "none needed: generated",
      },
      modes: ring(8, 2),
      sigma: 0.02,
      scale,
    }),
});
