import { createReadStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { type Context, Hono } from "hono";
import { z } from "zod";
import { GanymedeError } from "../../core/errors.ts";
import { bodyOf } from "../answers.ts";
import { type ExportKind, exportKinds } from "../jobs/export-file.ts";
import type { Route } from "../route.ts";
import { mostItems, runShape } from "../sampling.ts";
import type { Studio } from "../studio.ts";

const exportShape = runShape.extend({
  seed: z.int().min(0).default(0),
  count: z.int().min(1).max(mostItems).default(64),
  label: z.int().min(0).optional(),
});

export type ExportQuestion = z.input<typeof exportShape>;
export type { ExportKind } from "../jobs/export-file.ts";

/** What is told of the file in `x-about`. */
export interface ExportAbout {
  readonly bytes: number;
  readonly maxDifference?: number;
}

/** `POST /:run/:kind` answers with a file, made in a folder that is gone once it is sent. */
export const downloads: Route = {
  path: "downloads",
  mount(studio) {
    const app = new Hono();
    app.post("/:run/:kind", async (context) => {
      const folder = mkdtempSync(join(tmpdir(), "ganymede-download-"));
      try {
        return await sent(context, studio, folder);
      } catch (error) {
        rmSync(folder, { recursive: true, force: true });
        throw error;
      }
    });
    return app;
  },
};

async function sent(context: Context, studio: Studio, folder: string): Promise<Response> {
  const path = studio.runPath(context.req.param("run")!);
  const kind = kindOf(context.req.param("kind")!);
  const asked = { path, kind, folder, ...(await bodyOf(context, exportShape)) };
  const { signal } = context.req.raw;
  const { file, ...about } = await studio.workshop.ask("export-file", asked, { signal });
  const stream = createReadStream(file);
  stream.once("close", () => rmSync(folder, { recursive: true, force: true }));
  context.header("content-type", "application/octet-stream");
  context.header("content-length", String(about.bytes));
  context.header("x-about", encodeURIComponent(JSON.stringify(about satisfies ExportAbout)));
  return context.body(Readable.toWeb(stream) as ReadableStream);
}

function kindOf(name: string): ExportKind {
  const kind = exportKinds.find((known) => known === name);
  if (kind) return kind;
  throw new GanymedeError("STUDIO_REQUEST", {
    where: "kind of file",
    expected: `one of ${exportKinds.join(", ")}`,
    got: name.slice(0, 40),
    fix: "choose one of those",
  });
}
