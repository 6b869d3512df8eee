import { z } from "zod";
import { shapePictures } from "../shape-pictures.ts";
import { sizes, thingsOf } from "../shapes.ts";
import { defineSource } from "../source.ts";

/** One object anywhere, or two in opposite halves; the fields are those of `shapePictures`. */
export const shapes = defineSource({
  id: "shapes",
  description: "one or two coloured shapes on black with captions, exact masks and attributes",
  options: {
    side: z.int().min(8).max(1024).default(32).describe("pixels a side"),
    objects: z.literal([1, 2]).default(1).describe("objects in each picture"),
    size: z
      .enum(sizes)
      .default("usual")
      .describe(
        "of objects; small ones fill a twentieth, large ones nearly fill the picture or their half",
      ),
  },
  open: ({ side, objects, size }) =>
    shapePictures({
      id: "shapes",
      title: "Coloured shapes",
      side,
      objects,
      things: (u) => thingsOf(u, objects, size),
    }),
});
