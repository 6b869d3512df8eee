import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { StepScore } from "../app/run-scores.ts";
import type { ScoreRecord } from "../metrics/score-record.ts";
import type { HealthRecord } from "../train/run-folder.ts";
import type { MetricRow } from "./history.ts";
import { type Mark, readOn, start } from "./tail.ts";

/** How far somebody has read what a run writes. */
export interface Place {
  readonly metrics: Mark;
  readonly health: Mark;
  readonly scores: Mark;
  /** The step of the newest grid. */
  readonly grid: number;
}

export const beginning: Place = { metrics: start, health: start, scores: start, grid: -1 };

/** A place as an event's id: a page that comes back says it, also to another server. */
export const placeId = ({ metrics, health, scores, grid }: Place): string =>
  `${[metrics, health, scores].flatMap(({ offset, step }) => [offset, step]).join("_")}_${grid}`;

/** The beginning where the text is no id. */
export function readPlace(id: string | undefined): Place {
  const numbers = /^(-?\d{1,15}_){6}-?\d{1,15}$/.test(id ?? "") ? id!.split("_").map(Number) : [];
  const [a, b, c, d, e, f, grid] = numbers;
  if (grid === undefined || [a!, c!, e!].some((offset) => offset < 0)) return beginning;
  const mark = (offset?: number, step?: number): Mark => ({ offset: offset!, step: step! });
  return { metrics: mark(a, b), health: mark(c, d), scores: mark(e, f), grid };
}

/** What a run has written since. */
export interface News {
  readonly rows: readonly MetricRow[];
  readonly looks: readonly HealthRecord[];
  readonly scores: readonly StepScore[];
  /** Steps of new grids. */
  readonly grids: readonly number[];
  readonly place: Place;
  /** Whether the run was cut back behind the place: all must be read anew. */
  readonly isOther: boolean;
}

interface Evaluated {
  readonly step: number;
  readonly scores?: readonly ScoreRecord[];
}

/** The next piece of each log, and new grids: some milliseconds at most. */
export function readNews(path: string, place: Place): News {
  const metrics = readOn<MetricRow>(join(path, "metrics.jsonl"), place.metrics);
  const health = readOn<HealthRecord>(join(path, "health.jsonl"), place.health);
  const scores = readOn<Evaluated>(join(path, "scores.jsonl"), place.scores);
  const grids = gridsOf(path).filter((step) => step > place.grid);
  return {
    rows: metrics.rows.filter((row) => typeof row.values === "object" && row.values !== null),
    looks: health.rows.filter((look) => Array.isArray(look.alarms)),
    scores: scores.rows.flatMap(({ step, scores: all = [] }) =>
      all.map((score) => ({ step, score })),
    ),
    grids,
    place: {
      metrics: metrics.mark,
      health: health.mark,
      scores: scores.mark,
      grid: grids.at(-1) ?? place.grid,
    },
    isOther: metrics.isOther || health.isOther || scores.isOther,
  };
}

/** Folders of grids that were listed, with the time of their last change. */
const listed = new Map<string, { readonly changed: number; readonly steps: readonly number[] }>();

/** Steps of a run's grids, ascending. */
export function gridsOf(path: string): readonly number[] {
  const folder = join(path, "samples");
  const changed = statSync(folder, { throwIfNoEntry: false })?.mtimeMs;
  if (changed === undefined) return [];
  const known = listed.get(folder);
  // Within the clock's grain a file may have come after the listing.
  if (known?.changed === changed && Date.now() - changed > 100) return known.steps;
  const steps = readdirSync(folder)
    .flatMap((file) => /^step-(\d+)\.png$/.exec(file)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
  if (listed.size >= 64) listed.clear();
  listed.set(folder, { changed, steps });
  return steps;
}
