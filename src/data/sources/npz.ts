import { z } from "zod";
import { openNpz } from "../npz-source.ts";
import { defineSource } from "../source.ts";

export const npz = defineSource({
  id: "npz",
  description: "arrays that NumPy saved: images or rows, and labels; .npz or .npy",
  options: {
    path: z.string().describe("the file"),
    images: z.string().optional().describe("array of the items; images, x_train, x, … when absent"),
    labels: z.string().optional().describe("array of labels; labels, y_train, y, … when absent"),
    split: z.string().default("train").describe("the part in names such as x_train"),
    layout: z
      .enum(["auto", "hwc", "chw"])
      .default("auto")
      .describe("order of axes; auto: channels last where the last is at most 4"),
  },
  claim: ({ path, isFolder }) => (!isFolder && /\.np[yz]$/i.test(path) ? { path } : undefined),
  open: openNpz,
});
