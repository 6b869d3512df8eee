import { Hono } from "hono";
import type { z } from "zod";
import { bodyOf } from "../answers.ts";
import { sendItems } from "../items.ts";
import type { Route } from "../route.ts";
import { itemsShape, runShape } from "../sampling.ts";

const sampleShape = runShape.extend({ items: itemsShape });

export type SampleQuestion = z.input<typeof sampleShape>;
export type { Described } from "../jobs/describe.ts";
export type { SampleAbout } from "../jobs/sample.ts";

/** What a run makes: `GET /:run` says what it is, the others make items. */
export const explore: Route = {
  path: "explore",
  mount(studio) {
    const app = new Hono();
    app.get("/:run", async (context) => {
      const path = studio.runPath(context.req.param("run"));
      const { signal } = context.req.raw;
      return context.json(await studio.workshop.ask("describe", { path }, { signal }));
    });
    app.post("/:run/sample", async (context) => {
      const path = studio.runPath(context.req.param("run"));
      const asked = await bodyOf(context, sampleShape);
      const { signal } = context.req.raw;
      const made = await studio.workshop.ask("sample", { path, ...asked }, { signal });
      return sendItems(context, made.items, made.about);
    });
    return app;
  },
};
