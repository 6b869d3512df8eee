import { sizeOf } from "../../engine/ir/type.ts";
import type { Items } from "../items.ts";
import type { Job } from "../job.ts";
import { shelfOf } from "../layer-shelf.ts";
import { type AskedNumbered, codesFor } from "../looking.ts";

export interface MapsAsked extends AskedNumbered {
  /** One unit alone; all when absent. */
  readonly unit?: number | undefined;
}

/** Maps of units on items: [items · units, height, width], item by item. */
export const layerMaps: Job<MapsAsked, Items> = async ({ unit, ...asked }, bench) => {
  const run = await bench.open(asked.path, asked.checkpoint);
  const open = await (await shelfOf(bench, run)).layer(asked.layer);
  const { maps } = await open.see(codesFor(run, asked));
  const { units, map } = open.layer;
  const cells = sizeOf(map);
  const [width = 1, height = 1] = [...map].reverse();
  if (unit === undefined)
    return { shape: [asked.items.length * units, 1, height, width], data: maps };
  const own = new Float32Array(asked.items.length * cells);
  asked.items.forEach((_, i) => {
    const at = (i * units + unit) * cells;
    own.set(maps.subarray(at, at + cells), i * cells);
  });
  return { shape: [asked.items.length, 1, height, width], data: own };
};
