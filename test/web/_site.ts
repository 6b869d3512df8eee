import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { bundleForPages } from "../../scripts/web-bundle.ts";
import { openPage, type Page } from "../chromium.ts";
import { chromium } from "../in-chromium.ts";

export const root = fileURLToPath(new URL("../../", import.meta.url));

/** The examples' own server. */
const { serve } = (await import(join(root, "examples/web-page/serve.js"))) as {
  serve(
    folder: string,
    options: { isolated?: boolean; headers?: Readonly<Record<string, string>> },
  ): Promise<Server>;
};

/** A folder to be served, with Ganymede for pages in `ganymede/`. */
export interface Site {
  readonly folder: string;
  remove(): void;
}

/** The example without a bundler, an empty page that has imported the library, and the digits. */
export async function makeSite(): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), "ganymede-site-"));
  await bundleForPages(join(folder, "ganymede"));
  cpSync(join(root, "examples/web-page"), folder, { recursive: true });
  mkdirSync(join(folder, "data"));
  cpSync(join(root, "data/mnist"), join(folder, "data/mnist"), { recursive: true });
  const script = 'import * as g from "./ganymede/ganymede.js"; window.ganymede = g;';
  writeFileSync(
    join(folder, "empty.html"),
    `<!doctype html><title>empty</title><link rel="icon" href="data:,"><script type="module">${script}</script>`,
  );
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A page that runs a script of the tests; `window` has what that puts there. */
export async function makeScriptSite(script: string): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), "ganymede-script-"));
  await build({
    root,
    configFile: false,
    logLevel: "error",
    base: "./",
    worker: { format: "es" },
    build: {
      outDir: folder,
      target: "es2023",
      modulePreload: false,
      reportCompressedSize: false,
      rolldownOptions: {
        input: join(root, "test/web", script),
        output: { entryFileNames: "script.js" },
      },
    },
  });
  const tag = '<script type="module" src="./script.js"></script>';
  writeFileSync(
    join(folder, "empty.html"),
    `<!doctype html><title>script</title><link rel="icon" href="data:,">${tag}`,
  );
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface Opened extends Page {
  readonly address: string;
}

export interface Opening {
  readonly path?: string;
  /** Whether the page gets threads; true when absent. */
  readonly isolated?: boolean;
  readonly webgpu?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Serves a folder and opens a page of it; closing it ends both. */
export async function openSite(folder: string, opening: Opening = {}): Promise<Opened> {
  const { path = "empty.html", isolated = true, webgpu = false, headers = {} } = opening;
  const server = await serve(folder, { isolated, headers });
  const { port } = server.address() as AddressInfo;
  const address = `http://127.0.0.1:${port}/`;
  const page = await openPage(chromium!, `${address}${path}`, { webgpu });
  return {
    ...page,
    address,
    async close() {
      await page.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Waits until an expression is true. Throws with the page's errors when it stays false. */
export async function until(page: Page, expression: string, seconds = 120): Promise<void> {
  for (const end = Date.now() + 1000 * seconds; Date.now() < end; ) {
    // Parts of a page that is still loading are not there yet.
    const careful = `(() => { try { return !!(${expression}); } catch { return false; } })()`;
    if (await page.evaluate<boolean>(careful)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(
    `${expression} stayed false; the page said ${page.errors.join("\n") || "nothing"}`,
  );
}

/** The value that a function body gives in a page which has the library as `ganymede`. */
export async function inPage<T>(page: Page, body: string): Promise<T> {
  await until(page, "window.ganymede");
  return page.evaluate<T>(`(async () => { ${body} })()`);
}
