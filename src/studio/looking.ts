import { z } from "zod";
import { codesOf } from "../app/net-probe.ts";
import type { OpenRun } from "../app/sample.ts";
import { GanymedeError } from "../core/errors.ts";
import type { Bench } from "./job.ts";
import { classOf } from "./pins.ts";

/** What every question about a run's layers says. */
export const layerShape = z.object({
  /** The step of a checkpoint; the newest when absent. */
  checkpoint: z.int().min(0).optional(),
  layer: z.string().min(1).max(200),
});

/** Whose items are looked at. */
export const drawnShape = layerShape.extend({
  seed: z.int().min(0).default(0),
  /** All of one class; one class after the other when absent. */
  label: z.int().min(0).optional(),
});

export const numberedShape = drawnShape.extend({
  /** Their numbers in the seed. */
  items: z.array(z.int().min(0).max(1e9)).min(1).max(64),
});

export const changesShape = z
  .array(
    z.object({
      units: z.array(z.int().min(0)).max(4096).optional(),
      factor: z.number().min(-1000).max(1000).optional(),
      offset: z.number().min(-1000).max(1000).optional(),
      /** Cells of the layer's map. */
      where: z
        .object({
          left: z.int().min(0),
          top: z.int().min(0),
          width: z.int().min(1),
          height: z.int().min(1),
        })
        .optional(),
    }),
  )
  .max(256);

export type AskedLayer = z.output<typeof layerShape> & { readonly path: string };
export type AskedDrawn = z.output<typeof drawnShape> & { readonly path: string };
export type AskedNumbered = z.output<typeof numberedShape> & { readonly path: string };

/** The codes of items that are asked for by number. Throws `UNKNOWN_CLASS`. */
export const codesFor = (run: OpenRun, { items, seed, label }: AskedNumbered) =>
  codesOf(run, items, { seed, label: requireLabel(run, label) });

/** Throws `UNKNOWN_CLASS` for one that the run does not have. */
export const requireLabel = (run: OpenRun, label: number | undefined): number | undefined =>
  label === undefined ? undefined : classOf(run, label);

/** Ends a job that nobody waits for, so that what it has found by then is not kept. */
export function requireWanted(bench: Bench): void {
  if (!bench.cancelled) return;
  throw new GanymedeError("CANCELLED", {
    where: "layer",
    expected: "somebody who waits",
    got: "nobody any more",
    fix: "ask again",
  });
}
