import { requireUnit } from "../../app/unit-layer.ts";
import { type MapMeasure, topSamples } from "../../app/unit-ranking.ts";
import type { Job } from "../job.ts";
import { shelfOf } from "../layer-shelf.ts";
import { type AskedDrawn, requireLabel, requireWanted } from "../looking.ts";

export interface TopAsked extends AskedDrawn {
  readonly unit: number;
  /** Items that are gone through. */
  readonly count: number;
  readonly by: MapMeasure;
}

/** The items at which a unit is largest. */
export interface TopItems {
  readonly items: readonly number[];
  readonly values: readonly number[];
}

/** All units of a layer are ranked at once, and the others' rankings are kept. */
export const topItems: Job<TopAsked, TopItems> = async ({ unit, ...asked }, bench) => {
  const run = await bench.open(asked.path, asked.checkpoint);
  const shelf = await shelfOf(bench, run);
  const open = await shelf.layer(asked.layer);
  requireUnit(open.layer, unit);
  const label = requireLabel(run, asked.label);
  const { layer, seed, count, by } = asked;
  const found = await shelf.result(`top ${layer} ${seed} ${label} ${count} ${by}`, () =>
    topSamples(open, { seed, label, count, by }, (share) => {
      bench.tell(share);
      requireWanted(bench);
      return true;
    }),
  );
  const [from, to] = [unit * found.top, (unit + 1) * found.top];
  return { items: [...found.items.slice(from, to)], values: [...found.values.slice(from, to)] };
};
