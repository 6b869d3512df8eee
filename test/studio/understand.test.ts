import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadSystem, resolveConfig, startTraining } from "../../src/index.ts";
import { inChromium } from "../in-chromium.ts";
import { openBrowser, openStudio, type TestBrowser, type TestStudio } from "./_studio.ts";

/** A short training of a system on digits of 16 pixels. */
async function trained(out: string, system: string, options: object, steps: number) {
  const { tiny } = await loadSystem(system);
  const { config } = await resolveConfig({
    system,
    options: { ...tiny, ...options },
    data: "mnist",
    dataOptions: { side: 16 },
    steps,
    threads: 1,
  });
  await startTraining({ config, runPath: join(out, system), resume: false }).done;
}

/** What a canvas shows. */
const pixelsOf = (canvas: Locator): Promise<number[]> =>
  canvas.evaluate((node) => {
    const { width, height } = node as HTMLCanvasElement;
    return [
      ...(node as HTMLCanvasElement).getContext("2d")!.getImageData(0, 0, width, height).data,
    ];
  });

inChromium("the view Understand", () => {
  let studio: TestStudio;
  let browser: TestBrowser;
  let page: Page;
  const faults: string[] = [];
  beforeAll(async () => {
    studio = await openStudio();
    // Fast rates and a short average, so that a few steps leave units that matter.
    const fast = { width: 8, generatorRate: 0.01, averageHalfLife: 8 };
    await trained(studio.out, "dcgan", fast, 12);
    await trained(studio.out, "sagan", { attention: 1, width: 2 }, 4);
    browser = await openBrowser();
    page = await browser.open(studio);
    page.on("pageerror", (error) => faults.push(error.message));
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await studio?.remove();
  });

  const goto = (run: string, query = "") =>
    page.goto(`${studio.url.split("?")[0]}#/run/${run}/understand${query}`);
  const panel = (name: string | RegExp) => page.getByRole("region", { name });
  const picture = (name: string) => panel("Change units").getByRole("img", { name });
  const drawn = async (name: string) => {
    await picture(name).waitFor();
    await settled();
    return pixelsOf(picture(name));
  };
  /** Nothing is on its way, and canvases are drawn. */
  const settled = async () => {
    await page.waitForFunction(() => !document.querySelector("[aria-busy=true]"));
    await page.evaluate(
      () => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r))),
    );
  };

  test("shows a map of each unit of the chosen layer", async () => {
    await goto("dcgan", "?layer=g.act1&seed=5");
    const sheet = panel("Units of g.act1").getByRole("group", { name: "Maps of units" });
    await sheet.waitFor();
    await settled();
    expect(await sheet.getByRole("button").count()).toBe(8);
    const maps = await Promise.all([0, 1, 2].map((i) => pixelsOf(sheet.locator("canvas").nth(i))));
    expect(maps[0]).toHaveLength(8 * 8 * 4);
    expect(new Set(maps.map(String)).size).toBe(3);
    const layers = page.getByLabel("Layer: units × map");
    await layers.selectOption("g.project");
    await panel("Units of g.project").waitFor();
    expect(page.url()).toContain("layer=g.project");
  }, 120_000);

  test("a unit that is switched off changes the picture, and one that is back restores it", async () => {
    await goto("dcgan", "?layer=g.act1&seed=5&order=effect");
    await page.getByText("Strongest first").waitFor();
    await panel("Units of g.act1").getByRole("group").getByRole("button").first().click();
    const unit = Number(/unit=(\d+)/.exec(page.url())?.[1] ?? 0);
    const before = await drawn("The sample as it is");
    expect(await drawn("The sample with units changed")).toEqual(before);
    await panel("Change units")
      .getByRole("button", { name: `Switch unit ${unit} off` })
      .click();
    await page.getByRole("group", { name: `Unit ${unit}`, exact: true }).waitFor();
    await settled();
    const off = await drawn("The sample with units changed");
    expect(off).not.toEqual(before);
    expect(await drawn("The sample as it is")).toEqual(before);
    expect(new Set(await drawn("What differs")).size).toBeGreaterThan(3);
    expect(page.url()).toContain(`change=${unit}x0`);
    await page.getByText(`--off ${unit}`).waitFor();
    // By the keyboard alone: back to 1, as it was.
    const slider = page.getByRole("slider", { name: `Strength of unit ${unit}` });
    await slider.focus();
    for (let i = 0; i < 10; i++) await page.keyboard.press("ArrowRight");
    await settled();
    expect(await slider.inputValue()).toBe("1");
    expect(await drawn("The sample with units changed")).toEqual(before);
  }, 120_000);

  test("a link leads to the same changed picture", async () => {
    await goto("dcgan", "?layer=g.act1&seed=5&unit=3&change=3x0,1%3D2.5&where=0,0,8,4");
    await page.reload();
    const after = await drawn("The sample with units changed");
    expect(after).not.toEqual(await drawn("The sample as it is"));
    await page.getByText("--off 3 --set 1:2.5 --where 0,0,8,4").waitFor();
  }, 120_000);

  test("shows top samples, effects and filters", async () => {
    await goto("dcgan", "?layer=d.down0&unit=2");
    const top = panel("Samples at which unit 2 is largest").getByRole("group");
    await top.waitFor();
    expect(await top.getByRole("button").count()).toBe(9);
    const values = (await top
      .getByRole("button")
      .evaluateAll((all) =>
        all.map((b) => Number(b.getAttribute("aria-label")!.split(", ")[1])),
      )) as number[];
    expect(values).toEqual([...values].sort((a, b) => b - a));
    const filters = panel("Filters of d.down0").getByRole("group", { name: "Filters" });
    await filters.waitFor();
    expect(await filters.getByRole("button").count()).toBe(4);
    await panel("Change units").getByText("The discriminator's score").waitFor();
    await page.getByLabel("Order").selectOption("effect");
    await page.getByText("Strongest first").waitFor();
  }, 120_000);

  test("attention follows the arrow keys; a run without it says so", async () => {
    await panel("Attention").getByText("No layer of this run's nets attends").waitFor();
    await goto("sagan");
    await page.getByText("it is not looked into").waitFor();
    const looking = panel("Attention").getByRole("button", { name: /Place: row 4, column 4/ });
    await looking.waitFor();
    await settled();
    const seen = panel("Attention").getByRole("img", { name: "The same as a map" });
    const before = await pixelsOf(seen);
    expect(before).toHaveLength(4 * 4 * 4);
    await looking.focus();
    const places = new Set([String(before)]);
    for (const row of [3, 2, 1, 0]) {
      await page.keyboard.press("ArrowUp");
      const name = new RegExp(`Place: row ${row}, column 4`);
      await panel("Attention").getByRole("button", { name }).waitFor();
      await settled();
      places.add(String(await pixelsOf(seen)));
    }
    expect(places.size).toBeGreaterThan(1);
    expect(page.url()).toContain("look=4");
  }, 120_000);

  test("a layer that is not there shows another; nothing failed on the way", async () => {
    await goto("dcgan", "?layer=g.nowhere");
    await panel(/^Units of g\./).waitFor();
    expect(faults).toEqual([]);
  }, 120_000);
});
