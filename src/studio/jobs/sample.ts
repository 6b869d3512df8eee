import { type Items, itemsOf } from "../items.ts";
import type { Job } from "../job.ts";
import { type AskedItems, makeItems, requestFor } from "../sampling.ts";

export interface SampleAsked {
  /** The run's folder. */
  readonly path: string;
  readonly checkpoint?: number | undefined;
  readonly truncation: number;
  readonly items: AskedItems;
}

/** What is told beside the items. */
export interface SampleAbout {
  /** Of the checkpoint. */
  readonly step: number;
  /** The class of each, where there are classes. */
  readonly labels?: readonly number[];
}

export const sample: Job<
  SampleAsked,
  { readonly items: Items; readonly about: SampleAbout }
> = async ({ path, checkpoint, truncation, items }, bench) => {
  const run = await bench.open(path, checkpoint);
  const request = await requestFor(run, items, truncation);
  const made = await makeItems(bench, run, request);
  const { labels } = request;
  const about = { step: run.checkpoint.step, ...(labels && { labels }) };
  return { items: itemsOf(run, made), about };
};
