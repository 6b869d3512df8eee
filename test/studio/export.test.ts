import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "fast-png";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readNpz } from "../../src/core/npz.ts";
import { nodeCpu } from "../../src/engine/run/node-cpu.ts";
import { inChromium } from "../in-chromium.ts";
import { trainShort } from "./_short-run.ts";
import { openBrowser, openStudio, type TestBrowser, type TestStudio } from "./_studio.ts";

inChromium("exporting a run", { timeout: 120_000 }, () => {
  let studio: TestStudio;
  let browser: TestBrowser;
  let page: Page;
  let folder: string;
  beforeAll(async () => {
    studio = await openStudio();
    await trainShort(join(studio.out, "one"), 4);
    folder = join(studio.out, "downloads");
    mkdirSync(folder);
    browser = await openBrowser();
    page = await browser.open(studio, "");
    page.setDefaultTimeout(60_000);
    await page.goto(`http://127.0.0.1:${studio.port}/#/run/one/export?count=9&seed=2`);
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await studio?.remove();
  });

  /** Presses a button and returns the file that comes, with its path. */
  async function download(title: string) {
    const coming = page.waitForEvent("download");
    await page.getByRole("button", { name: `Download ${title}` }).click();
    const file = join(folder, (await coming).suggestedFilename());
    await (await coming).saveAs(file);
    return { file, bytes: readFileSync(file) };
  }

  test("a sheet is a PNG of as many samples as were asked for", async () => {
    const { file, bytes } = await download("Picture (PNG)");
    expect(file).toMatch(/one\.png$/);
    const { width, height, data } = decode(bytes);
    expect(width).toBeGreaterThanOrEqual(3 * 16);
    expect(height).toBe(width);
    expect(new Set(data).size).toBeGreaterThan(10);
  });

  test("a walk is a GIF, and an animated WebP", async () => {
    const gif = (await download("Animation (GIF)")).bytes;
    expect(gif.subarray(0, 6).toString("latin1")).toBe("GIF89a");
    expect(gif.includes("NETSCAPE2.0")).toBe(true);
    const webp = (await download("Animation (WebP)")).bytes;
    expect(webp.subarray(8, 12).toString("latin1")).toBe("WEBP");
    expect(webp.includes("ANIM")).toBe(true);
  });

  test("the generator runs in ONNX Runtime by itself", async () => {
    const { bytes } = await download("Generator (ONNX)");
    await page.getByText("at most from the run's samples").first().waitFor();
    const provider = await nodeCpu({ threads: 1 });
    const session = await provider.create(bytes);
    const described = await page.evaluate(
      async () => (await (await fetch("/api/explore/one")).json()) as { layout: { size: number } },
    );
    const { size } = described.layout;
    const z = provider.value("f32", [2, size], new Float32Array(2 * size).fill(0.5));
    const label = provider.value("i32", [2], Int32Array.of(1, 7));
    const { image } = await session.run({ z, label });
    expect(image!.shape).toEqual([2, 1, 16, 16]);
    const made = await image!.data();
    expect(made.every(Number.isFinite)).toBe(true);
    await session.dispose();
  });

  test("the page opens by itself and draws", async () => {
    const { file } = await download("Web page (HTML)");
    const context = await browser.browser.newContext();
    const alone = await context.newPage();
    await alone.goto(`file://${file}`);
    await expect
      .poll(
        () =>
          alone.evaluate(() =>
            [...document.querySelectorAll("canvas")].some((canvas) => {
              const drawn = canvas
                .getContext("2d")
                ?.getImageData(0, 0, canvas.width, canvas.height);
              return drawn !== undefined && new Set(drawn.data).size > 10;
            }),
          ),
        { timeout: 60_000 },
      )
      .toBe(true);
    await context.close();
  });

  test("arrays hold samples, codes and classes", async () => {
    const { file } = await download("Arrays (NPZ)");
    const arrays = await readNpz(file, ["samples", "codes", "labels"]);
    expect(arrays.get("labels")!.shape).toEqual([9]);
    expect(arrays.get("samples")!.shape).toEqual([9, 1, 16, 16]);
  });

  test("nothing stays behind in the folder for temporary files", () => {
    expect(readdirSync(tmpdir()).filter((f) => f.startsWith("ganymede-download-"))).toEqual([]);
  });
});
