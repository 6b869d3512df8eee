import type { UnitChange } from "../../app/unit-layer.ts";
import { type Items, itemsOf } from "../items.ts";
import type { Job } from "../job.ts";
import { shelfOf } from "../layer-shelf.ts";
import { type AskedNumbered, codesFor } from "../looking.ts";

export interface ChangedAsked extends AskedNumbered {
  readonly changes: readonly UnitChange[];
}

/** What is told beside items that were made with units changed. */
export interface ChangedAbout {
  /** Of the discriminator, for a layer of its own. */
  readonly scores?: readonly number[];
}

export const changedItems: Job<
  ChangedAsked,
  { readonly items: Items; readonly about: ChangedAbout }
> = async ({ changes, ...asked }, bench) => {
  const run = await bench.open(asked.path, asked.checkpoint);
  const open = await (await shelfOf(bench, run)).layer(asked.layer);
  const { items, scores } = await open.see(codesFor(run, asked), changes);
  return { items: itemsOf(run, items), about: scores ? { scores: [...scores] } : {} };
};
