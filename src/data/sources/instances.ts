import { z } from "zod";
import { instanceSource, thumbnails } from "../instances.ts";
import { familyOptions, fashionFamily, fetchFamily, mnistFamily } from "../mnist.ts";
import { defineSource } from "../source.ts";

const families = { mnist: mnistFamily, "fashion-mnist": fashionFamily };

/**
 * Fields: `condition` f32 [16], the whitened 4x4 thumbnail of an image; `image` u8 [1, side, side], one of
 * those whose thumbnails are nearest to it.
 */
export const instances = defineSource({
  id: "instances",
  description: "images near an image, and what describes it: MNIST or Fashion-MNIST",
  options: {
    of: z.enum(["mnist", "fashion-mnist"]).default("mnist").describe("whose images"),
    images: z.int().min(17).default(5000).describe("how many of them"),
    neighbours: z.int().min(1).default(50).describe("images that may stand for an instance"),
    ...familyOptions("folder of the four IDX files, where they are not found without"),
  },
  async open({ of, images: most, neighbours, ...rest }, opening) {
    const all = await fetchFamily(families[of], rest, opening);
    const field = all.fields.image!;
    const images = all.inOrder!(0, Math.min(most, all.size)).image as Uint8Array;
    const features = thumbnails(images, field.shape);
    const width = 16 * field.shape[0]!;
    return instanceSource(all.about, { field, images, features, width }, neighbours);
  },
});
