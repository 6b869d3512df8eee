import { type Context, Hono } from "hono";
import { stream } from "hono/streaming";
import { z } from "zod";
import { directionMethods } from "../../app/directions.ts";
import { toFault } from "../../app/faults.ts";
import { likenesses } from "../../app/likeness.ts";
import { GanymedeError } from "../../core/errors.ts";
import { bodyOf, queryOf } from "../answers.ts";
import { type Items, sendItems } from "../items.ts";
import type { InversionSight } from "../jobs/invert.ts";
import { pinShape } from "../pins.ts";
import type { Route } from "../route.ts";
import { itemsShape, mostItems, runShape } from "../sampling.ts";
import type { Studio } from "../studio.ts";

const label = z.int().min(0).optional();
const shapes = {
  sample: runShape.extend({ items: itemsShape }),
  between: runShape.extend({
    pins: z.array(pinShape).min(1).max(32),
    /** Shows the first pin as each of these classes. */
    classes: z.array(z.int().min(0)).min(2).max(1000).optional(),
    perLeg: z.int().min(1).max(64).default(8),
    loop: z.boolean().default(false),
    way: z.enum(["slerp", "linear"]).optional(),
  }),
  arithmetic: runShape.extend({
    terms: z
      .array(z.object({ weight: z.number(), pins: z.array(pinShape).min(1).max(64) }))
      .min(1)
      .max(8),
    renormalise: z.boolean().default(false),
    label,
  }),
  nearest: runShape.extend({
    pin: pinShape,
    count: z.int().min(1).max(64).default(12),
    by: z.enum(likenesses).default("features"),
  }),
  directions: runShape.extend({
    pin: pinShape,
    method: z.enum(directionMethods).default("sefa"),
    count: z.int().min(1).max(64).default(8),
  }),
  map: runShape.extend({
    seed: z.int().min(0).default(0),
    count: z.int().min(4).max(mostItems).default(300),
    label,
    method: z.enum(["pca", "umap"]).default("umap"),
    by: z.enum(likenesses).default("features"),
  }),
  keep: z.object({ code: z.array(z.number()).min(1), label }),
};

type Shapes = typeof shapes;
/** What the page asks, by the name of the question. */
export type Question = { readonly [Name in keyof Shapes]: z.input<Shapes[Name]> };
export type { ArithmeticAbout } from "../jobs/arithmetic.ts";
export type { Described } from "../jobs/describe.ts";
export type { DirectionsAbout } from "../jobs/directions.ts";
export type { MapAnswer } from "../jobs/map.ts";
export type { NearestAbout } from "../jobs/nearest.ts";
export type { SampleAbout } from "../jobs/sample.ts";
export type { Pin } from "../pins.ts";

/** Bytes of a picture that is sent to be inverted, at most. */
const largestPicture = 20 * 2 ** 20;

const invertShape = z.object({
  checkpoint: z.coerce.number().int().min(0).optional(),
  steps: z.coerce.number().int().min(1).max(1000).default(100),
  label: z.coerce.number().int().min(0).optional(),
  seed: z.coerce.number().int().min(0).default(0),
});

/** Items as JSON within a line: of pictures base64 of their pixels. */
export interface SentItems {
  readonly shape: readonly number[];
  readonly pixels: string;
}

/** A line of the answer to a picture: where the search is, what it found, or why there is nothing. */
export type InversionLine =
  | { readonly kind: "seen"; readonly share: number; readonly loss?: number; items?: SentItems }
  | {
      readonly kind: "found";
      readonly items: SentItems;
      readonly item: string;
      readonly loss: number;
      readonly error: number;
      readonly label?: number;
    }
  | ({ readonly kind: "fault" } & ReturnType<typeof toFault>);

/** What a run makes: `GET /:run` says what it is, the others make items or tell of them. */
export const explore: Route = {
  path: "explore",
  mount(studio) {
    const app = new Hono();
    app.get("/:run", async (context) => {
      const path = studio.runPath(context.req.param("run"));
      return context.json(await studio.workshop.ask("describe", { path }, signalOf(context)));
    });
    for (const name of ["sample", "between", "arithmetic", "nearest"] as const) {
      app.post(`/:run/${name}`, async (context) => {
        const { items, about } = await answerTo(studio, context, name);
        return sendItems(context, items, about);
      });
    }
    for (const name of ["directions", "map", "keep"] as const) {
      app.post(`/:run/${name}`, async (context) =>
        context.json(await answerTo(studio, context, name)),
      );
    }
    app.post("/:run/invert", (context) => inverted(studio, context));
    return app;
  },
};

const signalOf = (context: Context) => ({ signal: context.req.raw.signal });

/** What the job of this name says to the request's body. */
async function answerTo<Name extends keyof Shapes>(studio: Studio, context: Context, name: Name) {
  const path = studio.runPath(context.req.param("run")!);
  const asked = await bodyOf<z.output<Shapes[Name]>>(context, shapes[name] as never);
  return studio.workshop.ask<Name>(name, { path, ...asked } as never, signalOf(context));
}

/** The body is a picture file; the answer is a line of JSON for each thing that happens. */
async function inverted(studio: Studio, context: Context): Promise<Response> {
  const path = studio.runPath(context.req.param("run")!);
  const asked = queryOf(context, invertShape);
  const bytes = new Uint8Array(await context.req.arrayBuffer());
  if (bytes.length > largestPicture) throw tooLarge(bytes.length);
  context.header("content-type", "application/x-ndjson");
  context.header("cache-control", "no-store");
  return stream(context, async (out) => {
    const ended = new AbortController();
    out.onAbort(() => ended.abort());
    const write = (line: InversionLine) => out.write(`${JSON.stringify(line)}\n`);
    const tell = (share: number, seen: unknown) => {
      const { items, loss } = (seen ?? {}) as Partial<InversionSight>;
      void write({ kind: "seen", share, ...(items && { items: sentItems(items), loss: loss! }) });
    };
    try {
      const asking = { tell, signal: ended.signal };
      const found = await studio.workshop.ask("invert", { path, bytes, ...asked }, asking);
      await write({ kind: "found", ...found, items: sentItems(found.items) });
    } catch (error) {
      await write({ kind: "fault", ...toFault(error) });
    }
  });
}

const sentItems = ({ shape, data }: Items): SentItems => ({
  shape,
  pixels: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64"),
});

const tooLarge = (bytes: number): GanymedeError =>
  new GanymedeError("TOO_LARGE", {
    where: "the picture",
    expected: `a file of at most ${largestPicture / 2 ** 20} MiB`,
    got: `${Math.ceil(bytes / 2 ** 20)} MiB`,
    fix: "send a smaller copy: it is scaled down to the size of the run's pictures anyway",
  });
