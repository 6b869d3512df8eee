import { type Neighbour, nearestItems, openReference } from "../../app/nearest.ts";
import { type Items, itemsOf } from "../items.ts";
import type { Job } from "../job.ts";
import { codesOfPins, type Pin } from "../pins.ts";
import { makeItems } from "../sampling.ts";

export interface NearestAsked {
  readonly path: string;
  readonly checkpoint?: number | undefined;
  readonly truncation: number;
  readonly pin: Pin;
  readonly count: number;
  readonly by: "features" | "pixels";
}

export interface NearestAbout {
  /** An extractor, or `pixels`. */
  readonly by: string;
  /** Items of the data that were looked at. */
  readonly reference: number;
  readonly neighbours: readonly Neighbour[];
}

/** The items of the data nearest to a sample, nearest first. */
export const nearest: Job<
  NearestAsked,
  { readonly items: Items; readonly about: NearestAbout }
> = async ({ path, checkpoint, truncation, pin, count, by }, bench) => {
  const run = await bench.open(path, checkpoint);
  const reference = await bench.kept(run, `reference ${by}`, () => openReference(run, { by }));
  const request = { seed: 0, ...(await codesOfPins(run, [pin], truncation)) };
  const items = await makeItems(bench, run, request);
  const found = await nearestItems(run, items, { count }, reference);
  const about = { by: found.by, reference: found.reference, neighbours: found.neighbours[0]! };
  return { items: itemsOf(run, found.data), about };
};
