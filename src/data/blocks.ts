import type { Batch } from "./source.ts";

/**
 * Items made together: the numbers of item p come from block ⌊p/256⌋, so that any position is
 * reached at once and batches of any size cut the same stream.
 */
const BLOCK = 256;

/**
 * The `batch` of an endless supply of f32 items: `widths` says how many numbers of each field an item
 * has, `make` makes the items of a block, a pure function of seed and block.
 */
export function inBlocks<F extends string>(
  widths: Readonly<Record<F, number>>,
  make: (size: number, seed: number, block: number) => Readonly<Record<F, Float32Array>>,
): (start: number, count: number, seed: number) => Batch {
  return (start, count, seed) => {
    const names = Object.keys(widths) as F[];
    const out = Object.fromEntries(names.map((f) => [f, new Float32Array(count * widths[f])]));
    for (let done = 0; done < count; ) {
      const first = (start + done) % BLOCK;
      const part = Math.min(BLOCK - first, count - done);
      const made = make(BLOCK, seed, Math.floor((start + done) / BLOCK));
      for (const f of names) {
        const width = widths[f];
        out[f]!.set(made[f].subarray(first * width, (first + part) * width), done * width);
      }
      done += part;
    }
    return out;
  };
}
