import { z } from "zod";
import { stream } from "../../core/random.ts";
import { BLOCK, endless } from "../endless.ts";
import { mixtureOptions } from "../gaussians.ts";
import { onRoll, rollAngles } from "../roll.ts";
import { defineSource } from "../source.ts";

export const swissRoll = defineSource({
  id: "swiss-roll",
  description: "a spiral of one and a half turns in the plane, of radius 1 to 3, with noise",
  options: {
    ...mixtureOptions,
    noise: z.number().min(0).default(0.05).describe("standard deviation along each axis"),
  },
  open: ({ scale, noise }) =>
    endless({
      id: "swiss-roll",
      about: {
        title: "Swiss roll",
        credit: "Gulrajani et al. 2017, WGAN-GP, arXiv:1704.00028; the shape as in scikit-learn",
        licence: "none needed: generated",
      },
      fields: { point: { shape: [2], dtype: "f32", scale, offset: 0 } },
      block(seed, index) {
        const along = stream(seed, "data/angle", index).uniform(new Float64Array(BLOCK));
        const off = stream(seed, "data/point", index).normal(new Float64Array(2 * BLOCK));
        const [inner, outer] = rollAngles;
        const point = new Float32Array(2 * BLOCK);
        along.forEach((u, i) => {
          const [x, y] = onRoll(inner + (outer - inner) * u);
          point.set([x + noise * off[2 * i]!, y + noise * off[2 * i + 1]!], 2 * i);
        });
        return { point };
      },
    }),
});
