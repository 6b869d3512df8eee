import { z } from "zod";
import { gaussianMixture, mixtureOptions } from "../gaussians.ts";
import { defineSource } from "../source.ts";

export const classes1d = defineSource({
  id: "classes-1d",
  description:
    "three classes on the line whose Gaussians overlap: does a conditional GAN narrow them?",
  options: {
    ...mixtureOptions,
    gap: z.number().positive().default(1.5).describe("from mean to mean, in deviations"),
  },
  open: ({ scale, gap }) =>
    gaussianMixture({
      id: "classes-1d",
      about: {
        title: "Overlapping classes on the line",
        credit:
          "after Gong, Xu, Li, Zhang, Batmanghelich 2019, TAC-GAN, arXiv:1907.02690, section 4.1",
        licence: "none needed: generated",
      },
      modes: [[-gap], [0], [gap]],
      sigma: 1,
      scale,
    }),
});
