import { execFileSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openRun } from "../../src/app/sample.ts";
import { writeSamples } from "../../src/app/sample-files.ts";
import { inChromium } from "../in-chromium.ts";
import { trainShort } from "./_short-run.ts";
import { openBrowser, openStudio, type TestBrowser, type TestStudio } from "./_studio.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

inChromium("exploring a run", { timeout: 120_000 }, () => {
  let studio: TestStudio;
  let browser: TestBrowser;
  let page: Page;
  beforeAll(async () => {
    studio = await openStudio();
    await trainShort(join(studio.out, "one"));
    browser = await openBrowser();
    page = await browser.open(studio);
    page.setDefaultTimeout(60_000);
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await studio?.remove();
  });

  const explore = (query: string) =>
    page.goto(`http://127.0.0.1:${studio.port}/#/run/one/explore?${query}`);

  /** The pixels of a canvas, grey. */
  async function pixelsOf(canvas: Locator): Promise<number[]> {
    await canvas.waitFor();
    return canvas.evaluate((element) => {
      const own = element as HTMLCanvasElement;
      const { data } = own.getContext("2d")!.getImageData(0, 0, own.width, own.height);
      return Array.from(data.filter((_, i) => i % 4 === 0));
    });
  }

  /** The same once there is something on it that `is` what is waited for. */
  async function pixelsWhen(canvas: Locator, is: (pixels: number[]) => boolean) {
    let pixels: number[] = [];
    await expect
      .poll(
        async () => {
          pixels = await pixelsOf(canvas);
          return is(pixels);
        },
        { timeout: 60_000 },
      )
      .toBe(true);
    return pixels;
  }
  const drawn = (pixels: number[]) => new Set(pixels).size > 2;
  const same = (a: number[], b: number[]) =>
    a.length === b.length && a.every((v, i) => Math.abs(v - b[i]!) <= 1);
  const farFrom = (a: number[], b: number[]) =>
    Math.sqrt(a.reduce((sum, v, i) => sum + (v - b[i]!) ** 2, 0) / a.length);

  const cell = (sheet: string, index: number) =>
    page.getByRole("group", { name: sheet, exact: true }).getByRole("button").nth(index);
  const chosen = () =>
    page.getByRole("region", { name: "Chosen sample" }).locator("canvas").first();

  test("a sheet's sample is chosen by a click or the arrow keys, pinned, and stays in the address", async () => {
    await explore("seed=3&count=16");
    const third = await pixelsWhen(cell("Samples", 2).locator("canvas"), drawn);
    await cell("Samples", 2).click();
    await pixelsWhen(chosen(), (pixels) => same(pixels, third));
    await page.getByRole("button", { name: "Pin", exact: true }).click();
    await cell("Samples", 2).press("ArrowRight");
    await page.keyboard.press("Enter");
    const fourth = await pixelsOf(cell("Samples", 3).locator("canvas"));
    await pixelsWhen(chosen(), (pixels) => same(pixels, fourth));
    await page.getByRole("button", { name: "Pin", exact: true }).click();
    await expect.poll(() => decodeURIComponent(page.url())).toContain("pins=3:2.2,3:3.3");
    await page.reload();
    await pixelsWhen(chosen(), (pixels) => same(pixels, fourth));
    expect(await page.getByRole("list", { name: "Pinned samples" }).locator("li").count()).toBe(2);
  });

  test("a class fills the sheet, truncation changes its pictures", async () => {
    await explore("seed=3&count=16&class=7");
    const canvas = cell("Samples", 0).locator("canvas");
    const before = await pixelsWhen(canvas, drawn);
    expect(await cell("Samples", 5).getAttribute("aria-label")).toContain("class 7");
    await page.getByLabel("Truncation").fill("0.2");
    await pixelsWhen(canvas, (pixels) => farFrom(pixels, before) > 1);
  });

  test.each(["pca", "umap"])("a click on the map by %s shows the sample there", async (layout) => {
    await explore(`tool=map&count=100&layout=${layout}&seed=1&class=4`);
    const map = page.getByRole("button", { name: /^Map of samples\./ });
    await pixelsWhen(map.locator("canvas"), drawn);
    const before = await pixelsWhen(chosen(), drawn);
    const box = (await map.boundingBox())!;
    await map.click({ position: { x: box.width * 0.85, y: box.height * 0.5 } });
    await page
      .getByText(/Item \d+, seed 1/)
      .first()
      .waitFor();
    const after = await pixelsWhen(chosen(), (pixels) => farFrom(pixels, before) > 0);
    const index = Number(/item=1%3A(\d+)/.exec(page.url())![1]);
    const run = await openRun(join(studio.out, "one"));
    const real = await run.sample({ seed: 1, from: 0, count: 100, labels: [4] });
    const own = [...real.subarray(index * 256, (index + 1) * 256)].map((v) => 127.5 * (v + 1));
    expect(farFrom(own, after)).toBeLessThan(1);
    await run.dispose();
    await map.press("ArrowLeft");
    await pixelsWhen(chosen(), (pixels) => farFrom(pixels, after) > 0);
  });

  test.each(["sefa", "pca", "raw"])(
    "sliders of %s change the picture as they move",
    async (method) => {
      await explore(`tool=directions&method=${method}&item=3:5.1`);
      const moved = page.getByRole("img", { name: "The moved sample" });
      const before = await pixelsWhen(moved, drawn);
      const slider = page.getByRole("group", { name: "Sliders" }).getByRole("slider").first();
      await slider.fill("3");
      const after = await pixelsWhen(moved, (pixels) => farFrom(pixels, before) > 1);
      expect(
        same(await pixelsOf(page.getByRole("img", { name: "The chosen sample" })), before),
      ).toBe(true);
      await slider.focus();
      await page.keyboard.press("Home");
      await pixelsWhen(moved, (pixels) => farFrom(pixels, after) > 1);
      await page.getByRole("button", { name: "Reset" }).click();
      await pixelsWhen(moved, (pixels) => same(pixels, before));
    },
  );

  test("the ends of a strip are the pinned samples, and it plays", async () => {
    await explore("tool=between&frames=4&pins=3:0.2,3:9.2");
    const pinned = page.getByRole("list", { name: "Pinned samples" }).locator("canvas");
    const first = await pixelsWhen(pinned.nth(0), drawn);
    const last = await pixelsWhen(pinned.nth(1), drawn);
    await pixelsWhen(cell("Pictures on the way", 0).locator("canvas"), (p) => same(p, first));
    await pixelsWhen(cell("Pictures on the way", 4).locator("canvas"), (p) => same(p, last));
    await page.getByRole("button", { name: "Play" }).click();
    await expect.poll(() => page.url()).toMatch(/frame=[1-4]/);
    await page.getByRole("button", { name: "Pause" }).click();
  });

  test("the command that a view shows does what it shows", async () => {
    await explore("tool=between&frames=4&pins=3:0.2,3:9.2");
    const shown = await page.locator("code").last().textContent();
    expect(shown).toContain("interpolate");
    const words = shown!.replace(/^ganymede /, "").split(" ");
    const said = execFileSync(
      process.execPath,
      ["--import", "tsx", join(root, "src/cli/main.ts"), ...words],
      { cwd: root, encoding: "utf8" },
    );
    expect(said).toContain("5 pictures through 2 samples");
    expect(existsSync(join(studio.out, "one", "interpolation.gif"))).toBe(true);
  });

  test("samples are dropped into A, B and C, or put there by buttons, and the result is pinned", async () => {
    await explore("tool=arithmetic&pins=3:0.2,3:9.2&item=3:4.2");
    const pins = page
      .getByRole("list", { name: "Pinned samples" })
      .getByRole("button", { pressed: false });
    await pins.first().waitFor();
    await pins.first().dragTo(page.getByRole("group", { name: "Group A" }));
    const result = page.getByRole("img", { name: "The result" });
    const alone = await pixelsWhen(result, drawn);
    const pinned = page.getByRole("list", { name: "Pinned samples" }).locator("canvas");
    await pixelsWhen(pinned.first(), (pixels) => same(pixels, alone));
    await page.getByRole("button", { name: "Add the chosen sample to B" }).click();
    await pixelsWhen(result, (pixels) => farFrom(pixels, alone) > 1);
    await page.getByRole("button", { name: "Pin the result" }).click();
    await expect.poll(() => decodeURIComponent(page.url())).toMatch(/pins=[^&]*@[0-9a-f]{8}\.2/);
    const sum = await pixelsOf(result);
    await pixelsWhen(pinned.nth(2), (pixels) => same(pixels, sum));
  });

  test("one code is shown in all classes, and between two of them", async () => {
    await explore("tool=classes&item=3:4.2&from=1&to=8");
    const sheet = "The chosen code in all classes";
    const one = await pixelsWhen(cell(sheet, 1).locator("canvas"), drawn);
    const eight = await pixelsOf(cell(sheet, 8).locator("canvas"));
    expect(farFrom(one, eight)).toBeGreaterThan(0.1);
    await pixelsWhen(cell("From class to class", 0).locator("canvas"), (p) => same(p, one));
    await pixelsWhen(cell("From class to class", 16).locator("canvas"), (p) => same(p, eight));
    const half = await pixelsOf(cell("From class to class", 8).locator("canvas"));
    expect(same(half, one) || same(half, eight)).toBe(false);
  });

  test("the nearest training items come with their distances, nearest first", async () => {
    await explore("tool=nearest&item=3:4.2");
    const list = page.getByRole("list", { name: "Nearest training items" }).getByRole("listitem");
    await list.first().waitFor();
    const distances = (await list.locator(".number").allTextContents()).map(Number);
    expect(distances).toHaveLength(12);
    expect([...distances].sort((a, b) => a - b)).toEqual(distances);
    await pixelsWhen(list.first().locator("canvas"), drawn);
  });

  test("a picture's code is found again, told of as it gets nearer", async () => {
    const run = await openRun(join(studio.out, "one"));
    const file = join(studio.out, "own.png");
    const made = await run.sample({ seed: 77, count: 1, labels: [6] });
    const wanted = [...made].map((v) => 127.5 * (v + 1));
    const stranger = await run.sample({ seed: 78, count: 1, labels: [6] });
    const strange = farFrom(
      [...stranger].map((v) => 127.5 * (v + 1)),
      wanted,
    );
    // A sheet of one has no gap around it but its frame: a folder has the picture alone.
    await writeSamples(run, { seed: 77, count: 1, labels: [6] }, { out: join(studio.out, "own") });
    await run.dispose();
    await explore("tool=invert&of=6&steps=50");
    const nearest = page.getByRole("img", { name: "The nearest that was found" });
    await page
      .locator("input[type=file]")
      .setInputFiles(join(studio.out, "own", "6", "000000.png"));
    await nearest.waitFor();
    await page.getByText("Found and pinned").waitFor({ timeout: 60_000 });
    const found = farFrom(await pixelsOf(nearest), wanted);
    expect(found).toBeLessThan(8);
    expect(found).toBeLessThan(strange / 2);
    await expect.poll(() => decodeURIComponent(page.url())).toMatch(/pins=@[0-9a-f]{8}\.6/);
    rmSync(file, { force: true });
  });

  test("what is no picture is refused with a reason, and a search can be cancelled", async () => {
    await explore("tool=invert&steps=1000");
    const text = join(studio.out, "no-picture.png");
    writeFileSync(text, "not a picture");
    await page.locator("input[type=file]").setInputFiles(text);
    await page.getByRole("alert").waitFor();
    await page.getByRole("button", { name: "Try again" }).click();
    const own = join(studio.out, "own", "6", "000000.png");
    await page.locator("input[type=file]").setInputFiles(own);
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: "Search again" }).waitFor();
  });

  test("a run that is not there is an error that says what to do", async () => {
    await page.goto(`http://127.0.0.1:${studio.port}/#/run/none/explore`);
    await page.getByRole("alert").getByText("the name of a run in this folder").waitFor();
  });
});
