import { readdirSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { GanymedeError } from "../core/errors.ts";
import { finiteSource } from "./finite.ts";
import { labelledImages } from "./idx.ts";
import { type IdxFile, readIdxFile } from "./idx-file.ts";
import type { Source } from "./source.ts";

/** File names of arrays of images and of their labels. */
export const idxImages = /(images.*idx3|images.*ubyte|idx3)/i;

export interface IdxOptions {
  /** A folder with such files, or the file of images. */
  readonly path: string;
  readonly split: "train" | "test";
  /** The file of labels, where its name does not follow from that of the images. */
  readonly labels?: string | undefined;
  /** Names by number; the numbers themselves when absent. */
  readonly classes?: string | undefined;
}

/**
 * Grey images in MNIST's format: fields `image` u8 [1, h, w] in [-1, 1], and `label` i32 [] where there
 * is a file of labels.
 *
 * @throws GanymedeError DATA_MISSING, DATA_TRUNCATED, DATA_FORMAT
 */
export function openIdx({ path, split, labels, classes }: IdxOptions): Source {
  const file = imagesAt(resolve(path), split);
  const images = required(file);
  const beside = labels ? resolve(labels) : labelsBeside(file);
  const values = beside === undefined ? undefined : required(beside);
  const most = values ? values.data.reduce((a, b) => Math.max(a, b), 0) : 0;
  const names = classes?.split(",").map((name) => name.trim());
  const numbers = Array.from({ length: most + 1 }, (_, i) => String(i));
  const stand = {
    ...images,
    shape: images.shape.slice(0, 1),
    data: new Uint8Array(images.shape[0]!),
  };
  const columns = labelledImages(images, values ?? stand, names ?? numbers);
  const about = { title: basename(file), credit: "of your own", licence: "not stated" };
  const { image } = columns;
  return finiteSource({ id: "idx", about }, { image, ...(values && { label: columns.label }) });
}

function required(path: string): IdxFile {
  const found = readIdxFile(path);
  if (found) return found;
  throw missing(path, "nothing");
}

function imagesAt(path: string, split: IdxOptions["split"]): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) throw missing(path, "nothing");
  if (!stat.isDirectory()) return path;
  const found = readdirSync(path)
    .filter((name) => idxImages.test(name))
    .sort();
  const pattern = split === "train" ? /train/i : /(t10k|test)/i;
  const chosen = found.find((name) => pattern.test(name)) ?? (found.length === 1 && found[0]);
  if (!chosen) throw missing(path, found.join(", ") || "none");
  return join(path, chosen);
}

/** `train-images-idx3-ubyte.gz` → `train-labels-idx1-ubyte.gz`, or the same without `.gz`. */
function labelsBeside(file: string): string | undefined {
  const name = basename(file)
    .replace(/images/i, "labels")
    .replace(/idx3/i, "idx1");
  if (name === basename(file)) return undefined;
  const other = name.endsWith(".gz") ? name.slice(0, -3) : `${name}.gz`;
  const paths = [name, other].map((n) => join(dirname(file), n));
  return paths.find((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
}

const missing = (where: string, got: string) =>
  new GanymedeError("DATA_MISSING", {
    where,
    expected: "a file of images in the IDX format, as train-images-idx3-ubyte.gz",
    got,
    fix: "correct the path, or name the file itself",
  });
