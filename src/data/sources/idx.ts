import { z } from "zod";
import { idxImages, openIdx } from "../idx-folder.ts";
import { defineSource } from "../source.ts";

export const idx = defineSource({
  id: "idx",
  description: "grey images and their labels in MNIST's file format, IDX",
  options: {
    path: z.string().describe("folder of the files, or the file of images"),
    split: z.enum(["train", "test"]).default("train").describe("which of them, by their names"),
    labels: z.string().optional().describe("file of labels; the one beside the images when absent"),
    classes: z.string().optional().describe("names of the labels 0, 1, …, with commas between"),
  },
  claim: ({ path, names }) => (names.some((name) => idxImages.test(name)) ? { path } : undefined),
  open: openIdx,
});
