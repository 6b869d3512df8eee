import { z } from "zod";
import { stream } from "../../core/random.ts";
import { BLOCK, endless } from "../endless.ts";
import { defineSource } from "../source.ts";

/** A circle of radius 1 with noise across it, and the direction along it at each point. */
export const circle = defineSource({
  id: "circle",
  description: "a noisy circle of radius 1 with its unit tangent, anticlockwise, at each point",
  options: {
    sigma: z.number().min(0).default(0.05).describe("standard deviation of the radius"),
  },
  open: ({ sigma }) =>
    endless({
      id: "circle",
      about: {
        title: "Noisy circle with tangents",
        credit: "after Möllenhoff, Cremers 2019, arXiv:1905.04730",
        licence: "none needed: generated",
      },
      fields: {
        point: { shape: [2], dtype: "f32", scale: 1, offset: 0 },
        tangents: { shape: [1, 2], dtype: "f32", scale: 1, offset: 0 },
      },
      block(seed, index) {
        const turns = stream(seed, "data/angle", index).uniform(new Float64Array(BLOCK));
        const noise = stream(seed, "data/radius", index).normal(new Float64Array(BLOCK));
        const point = new Float32Array(2 * BLOCK);
        const tangents = new Float32Array(2 * BLOCK);
        for (let i = 0; i < BLOCK; i++) {
          const [x, y] = [Math.cos(2 * Math.PI * turns[i]!), Math.sin(2 * Math.PI * turns[i]!)];
          const radius = 1 + sigma * noise[i]!;
          point.set([radius * x, radius * y], 2 * i);
          tangents.set([-y, x], 2 * i);
        }
        return { point, tangents };
      },
    }),
});
