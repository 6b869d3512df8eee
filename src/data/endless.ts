import { arrays, itemSize } from "./_items.ts";
import type { Batch, Field, ItemArray, Oracle, Source } from "./source.ts";

/** Items made together. */
export const BLOCK = 256;

export interface Endless {
  readonly id: string;
  readonly about: Source["about"];
  readonly fields: Readonly<Record<string, Field>>;
  readonly oracle?: Oracle;
  /** The items 256·index to 256·index + 255 of the stream that `seed` orders, of every field. */
  block(seed: number, index: number): Batch;
}

/**
 * An endless supply of fresh items that are made in blocks of 256: the numbers of item p come from
 * block ⌊p/256⌋, so that any position is reached at once and batches of any size cut the same stream.
 */
export function endless({ id, about, fields, oracle, block }: Endless): Source {
  return {
    id,
    about,
    size: Number.POSITIVE_INFINITY,
    fields,
    ...(oracle && { oracle }),
    batch(start, count, seed) {
      const batch: Record<string, ItemArray> = {};
      for (const [name, field] of Object.entries(fields)) {
        batch[name] = new arrays[field.dtype](count * itemSize(field));
      }
      for (let done = 0; done < count; ) {
        const index = (start + done) % BLOCK;
        const part = Math.min(BLOCK - index, count - done);
        const made = block(seed, Math.floor((start + done) / BLOCK));
        for (const [name, field] of Object.entries(fields)) {
          const size = itemSize(field);
          batch[name]!.set(made[name]!.subarray(index * size, (index + part) * size), done * size);
        }
        done += part;
      }
      return batch;
    },
  };
}
