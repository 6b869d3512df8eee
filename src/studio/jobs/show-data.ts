import { augmented } from "../../app/augmented.ts";
import { loadData } from "../../app/config.ts";
import { dataSheet } from "../../app/data-sheet.ts";
import { type Field, isLabel, type Source } from "../../data/source.ts";
import { nodeCpu } from "../../engine/run/node-cpu.ts";
import { isPicture } from "../../train/pixels.ts";
import { type Items, itemsOf } from "../items.ts";
import type { Job } from "../job.ts";

export interface ShowAsked {
  /** The name of a source, or a path. */
  readonly data: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Shown after it; as they are when absent. */
  readonly augmentation?: string | undefined;
  /** Orders the items, and what the augmentation draws. */
  readonly seed: number;
}

/** What is told beside the items. */
export interface ShownAbout {
  readonly source: string;
  readonly about: Source["about"];
  /** Items in all; absent for an endless supply. */
  readonly size?: number;
  /** The class of each, by name. */
  readonly classes?: readonly string[];
}

/** Items of a sheet. */
const most = 64;

/** The first items of training as a discriminator sees them; a PNG of data that are no pictures. */
export const showData: Job<
  ShowAsked,
  { readonly shown: Items | Uint8Array | undefined; readonly about: ShownAbout }
> = async ({ data, options, augmentation, seed }) => {
  const { definition, options: known } = await loadData(data, options);
  const source = await definition.open(known);
  const { id, about, fields, size } = source;
  const found = Object.entries(fields).find(([, f]) => !isLabel(f) && f.dtype !== "i32");
  const told = { source: id, about, ...(Number.isFinite(size) && { size }) };
  if (!found) return { shown: undefined, about: told };
  const [name, field] = found;
  if (!isPicture(field)) return { shown: dataSheet(source), about: told };
  const count = Math.min(most, size);
  const batch = source.batch(0, count, seed);
  const items = Float32Array.from(batch[name]!, (v) => v * field.scale + field.offset);
  const provider = augmentation === undefined ? undefined : await nodeCpu({ threads: 1 });
  const shown = provider
    ? await augmented(items, field, { id: augmentation!, seed }, provider)
    : items;
  const classes = classesOf(fields, batch);
  return { shown: itemsOf({ field }, shown), about: { ...told, ...(classes && { classes }) } };
};

function classesOf(fields: Source["fields"], batch: ReturnType<Source["batch"]>) {
  const label = Object.entries(fields).find((entry): entry is [string, Field] => isLabel(entry[1]));
  return label && Array.from(batch[label[0]]!, (c) => label[1].classes![c] ?? String(c));
}
