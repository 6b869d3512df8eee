import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inChromium } from "../in-chromium.ts";
import { type Opened, openSite, root, until } from "./_site.ts";

const limit = 300_000;

/** The recipe as it is printed; only the library comes from here instead of from a registry. */
async function buildRecipe(): Promise<string> {
  // Where the recipe's own import of vite finds ours.
  const cache = join(root, "node_modules/.cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "web-vite-"));
  cpSync(join(root, "examples/web-vite"), folder, { recursive: true });
  await build({
    root: folder,
    logLevel: "error",
    resolve: { alias: { "ganymede/web": join(root, "src/web/index.ts") } },
  });
  return folder;
}

const drawn = (page: Opened) =>
  page.evaluate<string>("document.getElementById('samples').toDataURL()");
const status = (page: Opened) =>
  page.evaluate<string>("document.getElementById('status').textContent");

inChromium("the Vite recipe in Chromium", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await buildRecipe();
  }, limit);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each([
    { isolated: true, on: /wasm, [2-8] threads/ },
    { isolated: false, on: /wasm, 1 thread\./ },
  ])("trains, and the picture changes: %o", { timeout: limit }, async ({ isolated, on }) => {
    const page = await openSite(join(folder, "dist"), {
      path: "index.html?steps=400&device=wasm",
      isolated,
    });
    try {
      await until(page, "document.getElementById('samples')");
      const empty = await drawn(page);
      await until(page, "document.body.dataset.state");
      expect(await status(page)).toMatch(/^Done: 400 steps/);
      expect(await status(page)).toMatch(on);
      expect(await drawn(page)).not.toBe(empty);
      expect(page.errors).toEqual([]);
    } finally {
      await page.close();
    }
  });

  test("says why where there is no WebGPU", { timeout: limit }, async () => {
    const page = await openSite(join(folder, "dist"), { path: "index.html?device=webgpu" });
    try {
      await until(page, "document.body.dataset.state === 'failed'");
      expect(await status(page)).toMatch(/It cannot train: .*NO_WEBGPU.*train on wasm instead/);
    } finally {
      await page.close();
    }
  });
});
