import { type Context, Hono } from "hono";
import { z } from "zod";
import { bodyOf } from "../answers.ts";
import { sendItems } from "../items.ts";
import { changesShape, drawnShape, layerShape, numberedShape } from "../looking.ts";
import type { Route } from "../route.ts";
import type { Studio } from "../studio.ts";

const layersShape = z.object({ checkpoint: z.int().min(0).optional() });
const mapsShape = numberedShape.extend({ unit: z.int().min(0).optional() });
const changedShape = numberedShape.extend({ changes: changesShape.default([]) });
const topShape = drawnShape.extend({
  unit: z.int().min(0),
  count: z.int().min(1).max(4096).default(256),
  by: z.enum(["max", "mean"]).default("max"),
});

export type { NetLayers } from "../../app/unit-layer.ts";
export type { AttentionAbout } from "../jobs/attention-maps.ts";
export type { ChangedAbout } from "../jobs/changed-items.ts";
export type { Effects } from "../jobs/effects.ts";
export type { FiltersAbout } from "../jobs/filters.ts";
export type { TopItems } from "../jobs/top-items.ts";
export type MapsQuestion = z.input<typeof mapsShape>;
export type ChangedQuestion = z.input<typeof changedShape>;
export type TopQuestion = z.input<typeof topShape>;
export type DrawnQuestion = z.input<typeof drawnShape>;
export type LayerQuestion = z.input<typeof layerShape>;
export type NumberedQuestion = z.input<typeof numberedShape>;

/** What is asked of a run, and who stops waiting. */
async function questionOf<T>(studio: Studio, context: Context, shape: z.ZodType<T>) {
  const path = studio.runPath(context.req.param("run")!);
  const asked = await bodyOf(context, shape);
  return [{ ...asked, path }, { signal: context.req.raw.signal }] as const;
}

/** Inside a run's nets: `layers` are what there is to look at, the others look at one of them. */
export const understand: Route = {
  path: "understand",
  mount(studio) {
    const app = new Hono();
    const { workshop } = studio;
    app.post("/:run/layers", async (c) =>
      c.json(await workshop.ask("layers", ...(await questionOf(studio, c, layersShape)))),
    );
    app.post("/:run/maps", async (c) =>
      sendItems(c, await workshop.ask("layer-maps", ...(await questionOf(studio, c, mapsShape)))),
    );
    app.post("/:run/changed", async (c) => {
      const question = await questionOf(studio, c, changedShape);
      const { items, about } = await workshop.ask("changed-items", ...question);
      return sendItems(c, items, about);
    });
    app.post("/:run/top", async (c) =>
      c.json(await workshop.ask("top-items", ...(await questionOf(studio, c, topShape)))),
    );
    app.post("/:run/effects", async (c) =>
      c.json(await workshop.ask("effects", ...(await questionOf(studio, c, drawnShape)))),
    );
    app.post("/:run/filters", async (c) => {
      const question = await questionOf(studio, c, layerShape);
      const { items, about } = await workshop.ask("filters", ...question);
      return sendItems(c, items, about);
    });
    app.post("/:run/attention", async (c) => {
      const question = await questionOf(studio, c, numberedShape);
      const { items, about } = await workshop.ask("attention-maps", ...question);
      return sendItems(c, items, about);
    });
    return app;
  },
};
