import { z } from "zod";
import { stream } from "../../core/random.ts";
import { BLOCK, endless } from "../endless.ts";
import { defineSource } from "../source.ts";
import { drawTriangle, triangleOf } from "../triangles.ts";

export const triangles = defineSource({
  id: "triangles",
  description:
    "white triangles on black, an exactly known manifold: precision and recall can be told",
  options: {
    side: z.literal([16, 28, 32]).default(16).describe("pixels a side"),
  },
  open: ({ side }) =>
    endless({
      id: "triangles",
      about: {
        title: "Triangles",
        credit: "after Lucic et al. 2018, Are GANs Created Equal?, arXiv:1711.10337, section 5.2",
        licence: "none needed: generated",
      },
      fields: { image: { shape: [1, side, side], dtype: "u8", scale: 2 / 255, offset: -1 } },
      block(seed, index) {
        const shapes = stream(seed, "data/triangle", index).uniform(new Float64Array(6 * BLOCK));
        const drawn = new Float64Array(BLOCK * side * side);
        for (let i = 0; i < BLOCK; i++) {
          const shape = triangleOf(shapes.subarray(6 * i, 6 * i + 6), side);
          drawTriangle(shape, side, drawn, i * side * side);
        }
        return { image: Uint8Array.from(drawn, (v) => Math.round(255 * v)) };
      },
    }),
});
