import { stream } from "../core/random.ts";
import { itemSize } from "./_items.ts";
import { BLOCK } from "./endless.ts";
import type { Source } from "./source.ts";

/** Turns every other image left to right, by chance, anew in each epoch. Whether depends on the position. */
export function mirrored(source: Source, name: string): Source {
  const field = source.fields[name]!;
  const size = itemSize(field);
  const width = field.shape.at(-1)!;
  return {
    ...source,
    batch(start, count, seed) {
      const batch = source.batch(start, count, seed);
      const items = batch[name]!;
      const chances = new Map<number, Float64Array>();
      for (let i = 0; i < count; i++) {
        const block = Math.floor((start + i) / BLOCK);
        const drawn =
          chances.get(block) ?? stream(seed, "data/mirror", block).uniform(new Float64Array(BLOCK));
        chances.set(block, drawn);
        if (drawn[(start + i) % BLOCK]! < 0.5) continue;
        const item = items.subarray(i * size, (i + 1) * size);
        for (let row = 0; row < size; row += width) item.subarray(row, row + width).reverse();
      }
      return batch;
    },
  };
}
