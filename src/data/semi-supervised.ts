import { z } from "zod";
import { GanymedeError } from "../core/errors.ts";
import type { OptionValues } from "../core/options.ts";
import { type Column, finiteSource } from "./finite.ts";
import { familyOptions, fashionFamily, fetchFamily, mnistFamily } from "./mnist.ts";
import type { Field, Opening, Source } from "./source.ts";

const families = { mnist: mnistFamily, "fashion-mnist": fashionFamily };

export const semiSupervisedOptions = {
  of: z.enum(["mnist", "fashion-mnist"]).default("mnist").describe("whose images"),
  labels: z
    .int()
    .min(1)
    .default(100)
    .describe("images that keep their label, as many of each class"),
  labelSeed: z.int().min(0).default(0).describe("which images those are, whatever the run's seed"),
  unlabelled: z.int().min(1).optional().describe("images without a label; all when absent"),
  ...familyOptions("folder of the four IDX files, where they are not found without"),
};

/**
 * A few labelled images beside many without: fields `image` u8 [1, side, side], a stream of its own,
 * and `labelledImage` alike with its `label` i32 [], a stream of the few. Items are counted by
 * `image`; what is labelled is also among these, and `known` i32 [] is its class there, −1 elsewhere.
 *
 * @throws GanymedeError OPTION unless `labels` is a multiple of the classes and there are as many
 *   images, and what the images' own source throws
 */
export async function openSemiSupervised(
  options: OptionValues<typeof semiSupervisedOptions>,
  opening: Opening,
): Promise<Source> {
  const { of, labels, labelSeed, unlabelled, ...rest } = options;
  const all = await fetchFamily(families[of], rest, opening);
  const [pixels, classes] = [all.fields.image!, all.fields.label!];
  const shuffled = all.batch(0, all.size, labelSeed);
  const [images, truth] = [shuffled.image as Uint8Array, shuffled.label as Int32Array];
  const chosen = balanced(truth, classes.classes!.length, labels);
  const area = images.length / truth.length;
  const few = new Uint8Array(labels * area);
  chosen.forEach((item, i) => {
    few.set(images.subarray(item * area, (item + 1) * area), i * area);
  });
  const count = unlabelled ?? all.size;
  const known = new Int32Array(count).fill(-1);
  for (const item of chosen) if (item < count) known[item] = truth[item]!;
  const column = (field: Field, data: Column["data"]): Column => ({ field, data });
  return sideBySide(
    all.about,
    {
      image: column(pixels, images.subarray(0, area * count)),
      known: column({ shape: [], dtype: "i32", scale: 1, offset: 0 }, known),
    },
    {
      labelledImage: column(pixels, few),
      label: column(
        classes,
        Int32Array.from(chosen, (item) => truth[item]!),
      ),
    },
  );
}

type Columns = Readonly<Record<string, Column>>;

/** Two streams in one batch, each in an order of its own; items are counted by the first. */
function sideBySide(about: Source["about"], many: Columns, few: Columns): Source {
  const stream = finiteSource({ id: "semi-supervised", about }, many);
  const labelled = finiteSource({ id: "semi-supervised", about }, few);
  return {
    ...stream,
    fields: { ...stream.fields, ...labelled.fields },
    batch: (start, count, seed) => ({
      ...stream.batch(start, count, seed),
      ...labelled.batch(start, count, seed),
    }),
  };
}

/** The first items of each class, `count` in all, equally many of each. */
function balanced(labels: Int32Array, classes: number, count: number): number[] {
  const each = count / classes;
  const taken = new Array<number>(classes).fill(0);
  const chosen: number[] = [];
  labels.forEach((label, item) => {
    if (taken[label]! >= each) return;
    taken[label]! += 1;
    chosen.push(item);
  });
  if (Number.isInteger(each) && chosen.length === count) return chosen;
  throw new GanymedeError("OPTION", {
    where: "data semi-supervised labels",
    expected: `a multiple of the ${classes} classes, at most what there is of the rarest`,
    got: String(count),
    fix: `try ${Math.max(1, Math.floor(each)) * classes}`,
  });
}
