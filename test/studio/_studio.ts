import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium as driver, type Page } from "playwright-core";
import { build } from "vite";
import { type StudioOptions, type StudioServer, startStudio } from "../../src/studio/server.ts";
import { chromium } from "../in-chromium.ts";

/** A studio on a folder of its own, with the page built from its sources. */
export interface TestStudio extends StudioServer {
  /** The folder of runs. */
  readonly out: string;
  /** The folder of the built page. */
  readonly page: string;
  remove(): Promise<void>;
}

/** Builds the page unless the options name one, and serves it on a free port. */
export async function openStudio(options: StudioOptions = {}): Promise<TestStudio> {
  const folder = mkdtempSync(join(tmpdir(), "ganymede-studio-"));
  const page = options.page ?? (await buildPage(join(folder, "page")));
  const out = join(folder, "runs");
  const server = await startStudio({ out, port: 0, ...options, page });
  return {
    ...server,
    out: options.out ?? out,
    page,
    async remove() {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The page's folder. */
export async function buildPage(folder: string): Promise<string> {
  const root = fileURLToPath(new URL("../../studio", import.meta.url));
  await build({ root, logLevel: "error", build: { outDir: folder } });
  return folder;
}

export interface TestBrowser {
  readonly browser: Browser;
  /** A fresh page on the studio, at `hash` once it is let in. */
  open(studio: StudioServer, hash?: string): Promise<Page>;
  close(): Promise<void>;
}

/** A headless Chromium, with WebGPU in software where that is asked for. */
export async function openBrowser({ webgpu = false } = {}): Promise<TestBrowser> {
  const args = ["--no-sandbox", "--disable-quic", "--disable-dev-shm-usage"];
  if (webgpu) args.push("--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader");
  const executablePath = chromium!.includes("/") ? chromium! : `/usr/bin/${chromium!}`;
  const browser = await driver.launch({ executablePath, args });
  return {
    browser,
    async open(studio, hash = "") {
      const context = await browser.newContext({ viewport: { width: 1280, height: 860 } });
      const page = await context.newPage();
      await page.goto(`${studio.url}${hash}`);
      return page;
    },
    close: () => browser.close(),
  };
}
