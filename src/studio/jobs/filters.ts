import { unitFilters } from "../../app/net-weights.ts";
import type { Items } from "../items.ts";
import type { Job } from "../job.ts";
import { shelfOf } from "../layer-shelf.ts";
import type { AskedLayer } from "../looking.ts";

/** What is told beside filters. */
export interface FiltersAbout {
  /** Of each unit's weights; none where the layer has no weights of its own. */
  readonly norms: readonly number[];
}

/** [units, inputs, …kernel]; of no unit where the layer has no weights of its own. */
export const filters: Job<
  AskedLayer,
  { readonly items: Items; readonly about: FiltersAbout }
> = async ({ path, checkpoint, layer }, bench) => {
  const run = await bench.open(path, checkpoint);
  const shelf = await shelfOf(bench, run);
  const found = await shelf.result(`filters ${layer}`, () => unitFilters(run, layer));
  if (!found) return { items: { shape: [0], data: new Float32Array() }, about: { norms: [] } };
  const { shape, values: data, norms } = found;
  return { items: { shape, data }, about: { norms: [...norms] } };
};
