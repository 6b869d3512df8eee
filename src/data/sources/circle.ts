import { z } from "zod";
import { stream } from "../../core/random.ts";
import { inBlocks } from "../blocks.ts";
import { defineSource } from "../source.ts";

/** A circle of radius 1 with noise across it, and the direction along it at each point. */
export const circle = defineSource({
  id: "circle",
  description: "a noisy circle of radius 1 with its unit tangent, anticlockwise, at each point",
  options: {
    sigma: z.number().min(0).default(0.05).describe("standard deviation of the radius"),
  },
  open: ({ sigma }) => ({
    id: "circle",
    about: {
      title: "Noisy circle with tangents",
      credit: "after Möllenhoff, Cremers 2019, arXiv:1905.04730",
      licence: "none needed: generated",
    },
    size: Number.POSITIVE_INFINITY,
    fields: {
      point: { shape: [2], dtype: "f32", scale: 1, offset: 0 },
      tangents: { shape: [1, 2], dtype: "f32", scale: 1, offset: 0 },
    },
    batch: inBlocks({ point: 2, tangents: 2 }, (size, seed, block) => {
      const turns = stream(seed, "data/angle", block).uniform(new Float64Array(size));
      const noise = stream(seed, "data/radius", block).normal(new Float64Array(size));
      const point = new Float32Array(2 * size);
      const tangents = new Float32Array(2 * size);
      for (let i = 0; i < size; i++) {
        const [x, y] = [Math.cos(2 * Math.PI * turns[i]!), Math.sin(2 * Math.PI * turns[i]!)];
        const radius = 1 + sigma * noise[i]!;
        point.set([radius * x, radius * y], 2 * i);
        tangents.set([-y, x], 2 * i);
      }
      return { point, tangents };
    }),
  }),
});
