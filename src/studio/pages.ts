import { createReadStream, readdirSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { Hono } from "hono";
import { GanymedeError } from "../core/errors.ts";
import { refuse } from "./answers.ts";

const kinds: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/** Where the build puts the page: beside the built server; seen from sources, below `dist`. */
export const pageFolder = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "../../dist/studio/page" : "./page", import.meta.url),
);

/**
 * The page's files. Only paths that were in the folder at the start are served, so that none leads
 * out of it. Throws `NO_PAGE` where it was not built.
 */
export function pages(folder = pageFolder): Hono {
  const files = new Set(filesIn(folder));
  const app = new Hono();
  app.get("*", (context) => {
    const path = context.req.path === "/" ? "index.html" : context.req.path.slice(1);
    if (!files.has(path)) return refuse(context, noSuch(context.req.path));
    const file = join(folder, path);
    // Names under `assets` carry a hash of what is in them.
    const lasts = path.startsWith("assets/") ? "private, max-age=31536000, immutable" : "no-cache";
    context.header("cache-control", lasts);
    context.header("content-type", kinds[extname(path)] ?? "application/octet-stream");
    context.header("content-length", String(statSync(file).size));
    return context.body(Readable.toWeb(createReadStream(file)) as ReadableStream);
  });
  return app;
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) =>
      file.replaceAll("\\", "/"),
    );
  } catch {
    throw new GanymedeError("NO_PAGE", {
      where: folder,
      expected: "the built page of the studio",
      got: "no such folder",
      fix: "build it: npm run build:studio",
    });
  }
}

const noSuch = (path: string): GanymedeError =>
  new GanymedeError("NO_SUCH", {
    where: "studio",
    expected: "a file of the page or a path below /api",
    got: path.slice(0, 80),
    fix: "open the studio's own address",
  });
