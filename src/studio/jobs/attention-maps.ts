import type { Items } from "../items.ts";
import type { Job } from "../job.ts";
import { shelfOf } from "../layer-shelf.ts";
import { type AskedNumbered, codesFor } from "../looking.ts";

/** What is told beside weights of attention. */
export interface AttentionAbout {
  /** [height, width] of the map that looks. */
  readonly from: readonly number[];
  /** Of the map that is looked at. */
  readonly to: readonly number[];
}

/** [items · places that look, 1, height, width of where they look]. */
export const attentionMaps: Job<
  AskedNumbered,
  { readonly items: Items; readonly about: AttentionAbout }
> = async (asked, bench) => {
  const run = await bench.open(asked.path, asked.checkpoint);
  const open = await (await shelfOf(bench, run)).attention(asked.layer);
  const { weights } = await open.see(codesFor(run, asked));
  const { from, to } = open;
  const [height = 1, width = 1] = to;
  const places = weights.length / (height * width);
  return {
    items: { shape: [places, 1, height, width], data: weights },
    about: { from, to },
  };
};
