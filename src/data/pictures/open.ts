import { resolve } from "node:path";
import { GanymedeError } from "../../core/errors.ts";
import { finiteSource } from "../finite.ts";
import { type Entry, listFiles, type Refusal } from "../listing.ts";
import { mirrored } from "../mirror.ts";
import type { Field, Opening, Source } from "../source.ts";
import { storePictures } from "./build.ts";
import { type Labelled, labelled } from "./labels.ts";
import { openDecoder } from "./open-decoder.ts";
import type { FrameOptions } from "./options.ts";
import { partOf } from "./split.ts";

export interface PictureOptions extends FrameOptions {
  readonly labels: string;
  readonly split?: string | undefined;
  readonly mirror: boolean;
}

/** Endings of files that are taken for pictures; what they are is told by their first bytes. */
export const pictureName = /\.(png|jpe?g|jfif|webp|gif|tiff?|avif)$/i;

/** Pictures that can be used, and files that cannot. */
export interface PictureSet {
  readonly source: Source;
  readonly refused: readonly Refusal[];
  /** Names of the items, by their place in the data. */
  readonly names: readonly string[];
  /** Listed files, good and bad. */
  readonly count: number;
}

/**
 * Opens a folder or zip of pictures: fields `image` u8 [channels, height, width] in [-1, 1], `label`
 * i32 [] and `attributes` f32 [n] where there are any.
 *
 * @throws GanymedeError DATA_MISSING, DATA_FORMAT, DATA_EMPTY when no picture can be used, OPTION
 */
export async function openPictures(options: PictureOptions, opening: Opening): Promise<PictureSet> {
  const { labels, split, mirror, ...frame } = options;
  const listing = listFiles(resolve(options.path));
  const all = listing.entries.filter(({ name }) => pictureName.test(name));
  const known = await labelled(partOf(all, split), listing, labels);
  const { entries } = known;
  const decoder = await openDecoder(options.decoder);
  const { identity, where } = listing;
  const store = await storePictures({ entries, identity }, decoder, frame, opening);
  const bad = new Map(store.notes.bad);
  const refused = [
    ...listing.refused,
    ...known.refused,
    ...[...bad].map(([i, reason]) => ({ name: entries[i]!.name, reason })),
  ];
  const count = entries.length + listing.refused.length + known.refused.length;
  if (store.count === 0) throw noneLeft(where, refused, listing.entries.length);
  warn(opening, refused, count, store.notes.note);
  const good = entries.flatMap((_, i) => (bad.has(i) ? [] : [i]));
  const field = store.fields.image!;
  const about = { title: where, credit: "of your own", licence: "not stated" };
  const source = finiteSource(
    { id: "pictures", about },
    { image: { field, rows: store.rows("image") }, ...labelColumns(known, good) },
  );
  return {
    source: mirror ? mirrored(source, "image") : source,
    refused,
    names: good.map((i) => entries[i]!.name),
    count,
  };
}

/** Labels and attributes of the items that are left. */
function labelColumns({ label, attributes }: Labelled, good: readonly number[]) {
  const plain = { scale: 1, offset: 0 } as const;
  const width = attributes?.names.length ?? 0;
  const labelField = { shape: [], dtype: "i32", ...plain, classes: label?.classes ?? [] } as const;
  const numbers: Field = { shape: [width], dtype: "f32", ...plain };
  return {
    ...(label && {
      label: { field: labelField, data: Int32Array.from(good, (i) => label.values[i]!) },
    }),
    ...(attributes && {
      attributes: {
        field: numbers,
        data: Float32Array.from(
          good.flatMap((i) => [...attributes.values.subarray(i * width, (i + 1) * width)]),
        ),
      },
    }),
  };
}

function warn(
  { onWarning }: Opening,
  refused: readonly Refusal[],
  count: number,
  note: string | undefined,
): void {
  if (note !== undefined) onWarning?.(note);
  const [first] = refused;
  if (!first) return;
  const example = `${first.name}: ${first.reason}`;
  onWarning?.(`${refused.length} of ${count} files cannot be used (${example}); see data check`);
}

function noneLeft(where: string, refused: readonly Refusal[], files: number): GanymedeError {
  const [first] = refused;
  const reason = first ? `; ${first.name}: ${first.reason}` : "";
  return new GanymedeError("DATA_EMPTY", {
    where,
    expected: "at least one picture that can be read",
    got: `none among ${files} files${reason}`,
    fix: "see `ganymede data check` with this path",
  });
}

/** Whether some of the entries are pictures by their names. */
export const holdsPictures = (entries: readonly Pick<Entry, "name">[]): boolean =>
  entries.some(({ name }) => pictureName.test(name));
