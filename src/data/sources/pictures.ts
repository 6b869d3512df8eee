import { z } from "zod";
import { openPictures, pictureName } from "../pictures/open.ts";
import { frameOptions } from "../pictures/options.ts";
import { defineSource } from "../source.ts";

export const pictures = defineSource({
  id: "pictures",
  description: "your own pictures: a folder or zip; PNG, JPEG, WebP, GIF, TIFF",
  options: {
    ...frameOptions,
    labels: z
      .string()
      .default("auto")
      .describe("folders, none, or a CSV or dataset.json; auto: such a file, else the folders"),
    split: z
      .string()
      .optional()
      .describe("folder that is a part, as test; train where there is one"),
    mirror: z.boolean().default(false).describe("turn half of them left to right, by chance"),
  },
  claim({ path, isFolder, names }) {
    const isOurs = isFolder ? names.some((n) => pictureName.test(n)) : /\.zip$/i.test(path);
    return isOurs ? { path } : undefined;
  },
  open: openPictures,
});
