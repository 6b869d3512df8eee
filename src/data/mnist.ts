import { fileURLToPath } from "node:url";
import { z } from "zod";
import { GanymedeError } from "../core/errors.ts";
import type { OptionValues } from "../core/options.ts";
import { toSide } from "./digit-side.ts";
import { finiteSource } from "./finite.ts";
import { labelledImages } from "./idx.ts";
import { readIdx } from "./idx-file.ts";
import { fetchKnown, type KnownFile } from "./known-files.ts";
import type { Opening, Source } from "./source.ts";

/** One of the data sets that come in MNIST's four files. */
export interface Family {
  readonly id: string;
  /** Ten names, by label. */
  readonly classes: readonly string[];
  readonly about: Source["about"];
  /** Environment variable that names the folder. */
  readonly variable: string;
  /** Files to download where nothing says otherwise; none when they come with Ganymede. */
  readonly files: readonly KnownFile[];
  /** Where the files are when neither option nor variable says; absent when they are not ours to ship. */
  readonly folder?: string;
}

export const mnistFamily: Family = {
  id: "mnist",
  classes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
  about: {
    title: "MNIST",
    credit: "Yann LeCun, Corinna Cortes, Christopher J. C. Burges",
    licence: "CC BY-SA 3.0",
  },
  variable: "GANYMEDE_MNIST",
  files: [],
  // The package root lies two levels up from src/data as from dist/data.
  folder: fileURLToPath(new URL("../../data/mnist", import.meta.url)),
};

const garments =
  "T-shirt/top, Trouser, Pullover, Dress, Coat, Sandal, Shirt, Sneaker, Bag, Ankle boot";

export const fashionFamily: Family = {
  id: "fashion-mnist",
  classes: garments.split(", "),
  about: { title: "Fashion-MNIST", credit: "Han Xiao, Zalando SE", licence: "MIT" },
  variable: "GANYMEDE_FASHION_MNIST",
  files: [
    ["train-images-idx3-ubyte.gz", "8d4fb7e6c68d591d4c3dfef9ec88bf0d"],
    ["train-labels-idx1-ubyte.gz", "25c81989df183df01b3e8a0aad5dffbe"],
    ["t10k-images-idx3-ubyte.gz", "bef4ecab320f06d8554ea6380940ec79"],
    ["t10k-labels-idx1-ubyte.gz", "bb300cfdad3c16e7a12a480ee83cd310"],
  ].map(([name, md5]) => ({
    name: name!,
    md5: md5!,
    url: `http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/${name}`,
  })),
};

/** `openFamily`, after the files have been downloaded if nothing names a folder. Throws DOWNLOAD_* too. */
export async function fetchFamily(
  family: Family,
  options: FamilyOptions,
  opening: Opening,
): Promise<Source> {
  const named = options.folder ?? (process.env[family.variable] || family.folder);
  const folder = named ?? (await fetchKnown(family, opening));
  return openFamily(family, { ...options, folder });
}

/** The options of `openFamily`; `folder` describes that option. */
export const familyOptions = (folder: string) => ({
  split: z.enum(["train", "test"]).default("train").describe("which part of the data"),
  side: z
    .literal([16, 28, 32])
    .default(28)
    .describe("pixels a side: 28 original, 32 padded, 16 the padded ones averaged 2x2"),
  folder: z.string().optional().describe(folder),
});

export type FamilyOptions = OptionValues<ReturnType<typeof familyOptions>>;

/**
 * 60,000 (train) or 10,000 (test) grey images: fields `image` u8 [1, side, side] and `label` i32 [].
 *
 * @throws GanymedeError DATA_MISSING, DATA_TRUNCATED or DATA_FORMAT
 */
export function openFamily(family: Family, { split, side, folder }: FamilyOptions): Source {
  const from = folder ?? (process.env[family.variable] || family.folder);
  if (from === undefined) {
    throw new GanymedeError("DATA_MISSING", {
      where: `data ${family.id}`,
      expected: `the folder of the four ${family.about.title} files`,
      got: "none",
      fix: `name it by the option folder or the variable ${family.variable}`,
    });
  }
  const name = split === "train" ? "train" : "t10k";
  const images = readIdx(from, `${name}-images-idx3-ubyte`);
  const labels = readIdx(from, `${name}-labels-idx1-ubyte`);
  const { image, label } = labelledImages(images, labels, family.classes);
  if (image.field.shape[1] !== 28 || image.field.shape[2] !== 28) {
    throw new GanymedeError("DATA_FORMAT", {
      where: images.where,
      expected: "images of 28x28",
      got: image.field.shape.slice(1).join("x"),
      fix: "get the official file again",
    });
  }
  const { id, about } = family;
  const source = finiteSource({ id, about }, { image: toSide(image, side), label });
  if (split === "test") return source;
  return { ...source, heldOut: () => openFamily(family, { split: "test", side, folder }) };
}
