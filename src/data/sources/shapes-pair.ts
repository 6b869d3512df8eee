import { z } from "zod";
import { shapePictures } from "../shape-pictures.ts";
import { pairOf } from "../shapes.ts";
import { defineSource } from "../source.ts";

/**
 * A constraint between far corners, for whoever asks whether a net sees whole pictures: of two objects in
 * opposite corners the second has the colour of the first. The fields are those of `shapePictures`.
 */
export const shapesPair = defineSource({
  id: "shapes-pair",
  description: "two coloured shapes in opposite corners that share their colour",
  options: { side: z.int().min(8).max(1024).default(32).describe("pixels a side") },
  open: ({ side }) =>
    shapePictures({
      id: "shapes-pair",
      title: "Pairs of coloured shapes",
      side,
      objects: 2,
      things: pairOf,
    }),
});
