import { resolve } from "node:path";
import { GanymedeError } from "../../core/errors.ts";
import { finiteSource } from "../finite.ts";
import { listFiles } from "../listing.ts";
import { mirrored } from "../mirror.ts";
import type { Field, Opening, Refusal, Source } from "../source.ts";
import { storePictures } from "./build.ts";
import { headFacts } from "./head-facts.ts";
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

/**
 * Opens a folder or zip of pictures: fields `image` u8 [channels, height, width] in [-1, 1], `label`
 * i32 [] and `attributes` f32 [n] where there are any, of which all that are 0 or 1 are labels.
 *
 * @throws GanymedeError DATA_MISSING, DATA_FORMAT, DATA_EMPTY when no picture can be used, OPTION
 */
export async function openPictures(options: PictureOptions, opening: Opening): Promise<Source> {
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
  if (store.count === 0) throw noneLeft(where, refused, count, listing.entries.length);
  warn(opening, refused, count, store.notes.note);
  const good = entries.flatMap((_, i) => (bad.has(i) ? [] : [i]));
  const field = store.fields.image!;
  const about = { title: where, credit: "of your own", licence: "not stated" };
  const source = finiteSource(
    { id: "pictures", about },
    { image: { field, rows: store.rows("image") }, ...labelColumns(known, good) },
  );
  const names = good.map((i) => entries[i]!.name);
  const files = { count, refused, names, look: () => headFacts(entries, decoder, field) };
  return { ...(mirror ? mirrored(source, "image") : source), files };
}

/** Labels and attributes of the items that are left. */
function labelColumns({ label, attributes }: Labelled, good: readonly number[]) {
  const plain = { scale: 1, offset: 0 } as const;
  const width = attributes?.names.length ?? 0;
  const labelField = { shape: [], dtype: "i32", ...plain, classes: label?.classes ?? [] } as const;
  const numbers: Field = { shape: [width], dtype: "f32", ...plain };
  const isLabels = attributes?.values.every((v) => v === 0 || v === 1);
  return {
    ...(label && {
      label: { field: labelField, data: Int32Array.from(good, (i) => label.values[i]!) },
    }),
    ...(attributes && {
      attributes: {
        field: isLabels ? { ...numbers, scale: 2, offset: -1, labels: attributes.names } : numbers,
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

/** Its cause has the refused files, for whoever lists them. */
function noneLeft(
  where: string,
  refused: readonly Refusal[],
  count: number,
  files: number,
): GanymedeError {
  const [first] = refused;
  const reason = first ? `; ${first.name}: ${first.reason}` : "";
  const fault = {
    where,
    expected: "at least one picture that can be read",
    got: `none among ${files} files${reason}`,
    fix: "see `ganymede data check` with this path",
  };
  return new GanymedeError("DATA_EMPTY", fault, { cause: { count, refused } });
}
