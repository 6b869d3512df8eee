import { type Context, Hono } from "hono";
import { z } from "zod";
import { augmentationIds } from "../../app/augmented.ts";
import { GanymedeError } from "../../core/errors.ts";
import { bodyOf } from "../answers.ts";
import { sendItems } from "../items.ts";
import type { Checked } from "../jobs/check-data.ts";
import type { Route } from "../route.ts";
import type { Studio } from "../studio.ts";

export type { Checked } from "../jobs/check-data.ts";
export type { ShownAbout } from "../jobs/show-data.ts";

const dataShape = z.object({
  /** The name of a source, or a path of the machine that the studio runs on. */
  data: z.string().min(1).max(4096).optional(),
  /** Files that were dropped, instead. */
  drop: z.string().max(40).optional(),
  options: z.record(z.string(), z.unknown()).default({}),
});

const shownShape = dataShape.extend({
  augmentation: z.string().max(80).optional(),
  seed: z.int().min(0).default(0),
});

export type DataQuestion = z.input<typeof dataShape>;
export type ShownQuestion = z.input<typeof shownShape>;

export interface DataChoices {
  readonly augmentations: readonly string[];
}

export interface Dropped {
  readonly id: string;
  /** The folder that its files go to. */
  readonly path: string;
}

/**
 * Looks at data before training: `POST /check` for a report, `POST /shown` for items as a discriminator
 * sees them. `POST /drops` begins a folder that `PUT /drops/:id?name=…` fills, a file a request.
 */
export const data: Route = {
  path: "data",
  mount(studio) {
    const app = new Hono();
    app.get("/", (context) =>
      context.json({ augmentations: augmentationIds() } satisfies DataChoices),
    );
    app.post("/check", async (context) => {
      const { options, ...rest } = await bodyOf(context, dataShape);
      const asked = { data: named(studio, rest), options };
      const { signal } = context.req.raw;
      const checked: Checked = await studio.workshop.ask("check-data", asked, { signal });
      return context.json(checked);
    });
    app.post("/shown", (context) => shown(context, studio));
    app.post("/drops", (context) => {
      const id = studio.drops.begin();
      return context.json({ id, path: studio.drops.path(id) } satisfies Dropped);
    });
    app.put("/drops/:id", async (context) => {
      const { body } = context.req.raw;
      const name = context.req.query("name") ?? "";
      await studio.drops.add(context.req.param("id"), name, body as never);
      return context.json({});
    });
    app.delete("/drops/:id", (context) => {
      studio.drops.remove(context.req.param("id"));
      return context.json({});
    });
    return app;
  },
};

async function shown(context: Context, studio: Studio): Promise<Response> {
  const { data: name, drop, ...rest } = await bodyOf(context, shownShape);
  const asked = { data: named(studio, { data: name, drop }), ...rest };
  const { signal } = context.req.raw;
  const { shown, about } = await studio.workshop.ask("show-data", asked, { signal });
  if (shown && !(shown instanceof Uint8Array)) return sendItems(context, shown, about);
  context.header("x-about", encodeURIComponent(JSON.stringify(about)));
  context.header("content-type", shown ? "image/png" : "text/plain");
  return context.body(shown ? new Uint8Array(shown) : "");
}

function named(
  studio: Studio,
  { data, drop }: { readonly data?: string | undefined; readonly drop?: string | undefined },
): string {
  if (drop !== undefined) return studio.drops.path(drop);
  if (data !== undefined) return data;
  throw new GanymedeError("STUDIO_REQUEST", {
    where: "data",
    expected: "the name of a source, a path, or dropped files",
    got: "none",
    fix: "say which data",
  });
}
