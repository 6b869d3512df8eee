import { z } from "zod";
import { stream } from "../../core/random.ts";
import { BLOCK, endless } from "../endless.ts";
import { defineSource } from "../source.ts";

/** Fields `point` f32 [2] and `angle` f32 [1] in degrees from 0 to 360, seen as −1 to 1. */
export const arc = defineSource({
  id: "arc",
  description:
    "points about the place on a circle that an angle names, with a gap of angles left out",
  options: {
    sigma: z.number().positive().default(0.05).describe("standard deviation along each axis"),
    gap: z
      .number()
      .min(0)
      .max(359)
      .default(60)
      .describe("degrees about 180 that no item has; 0 = the whole circle"),
  },
  open: ({ sigma, gap }) =>
    endless({
      id: "arc",
      about: {
        title: "Gaussian at an angle",
        credit: "after Ding, Wang, Xu, Welch, Wang 2021, CcGAN, arXiv:2011.07466, section 4.1",
        licence: "none needed: generated",
      },
      fields: {
        point: { shape: [2], dtype: "f32", scale: 1, offset: 0 },
        angle: { shape: [1], dtype: "f32", scale: 1 / 180, offset: -1 },
      },
      block(seed, index) {
        const u = stream(seed, "data/angle", index).uniform(new Float64Array(BLOCK));
        const noise = stream(seed, "data/point", index).normal(new Float64Array(2 * BLOCK));
        const angle = Float32Array.from(u, (v) => angleOf(v, gap));
        const point = Float32Array.from(noise, (v, at) => {
          const turn = (Math.PI * angle[Math.floor(at / 2)]!) / 180;
          return (at % 2 === 0 ? Math.cos(turn) : Math.sin(turn)) + sigma * v;
        });
        return { point, angle };
      },
    }),
});

/** The share u in (0, 1) of the degrees outside the gap. */
function angleOf(u: number, gap: number): number {
  const along = u * (360 - gap);
  return along < (360 - gap) / 2 ? along : along + gap;
}
