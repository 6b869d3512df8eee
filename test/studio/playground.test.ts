import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inChromium } from "../in-chromium.ts";
import { openBrowser, openStudio, type TestBrowser, type TestStudio } from "./_studio.ts";

const limit = 120_000;

/** A pixel of the plane, of its grey value nothing but how much of data's teal it has over orange. */
interface Pixel {
  readonly x: number;
  readonly y: number;
}

inChromium("the playground", () => {
  let studio: TestStudio;
  let browser: TestBrowser;
  let page: Page;
  const faults: string[] = [];
  const plane = () => page.getByRole("region", { name: "The plane" });
  const button = (name: string) => plane().getByRole("button", { name, exact: true });
  const stepNow = async () =>
    Number(await plane().locator("canvas").getAttribute("data-step", { timeout: limit }));
  const standsAt = async (step: number) => {
    await plane().locator(`canvas[data-step="${step}"]`).waitFor({ timeout: limit });
    // The frame that draws it.
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
  };
  const go = async (query: string) => {
    await page.goto(`${studio.url.split("?")[0]}#/playground?${query}`);
    await page.reload();
    await standsAt(0);
  };
  const take = async (steps: number) => {
    const before = await stepNow();
    await page.getByLabel("Steps to take").fill(String(steps));
    await button("Steps").click();
    await standsAt(before + steps);
  };
  /** How much bluer than red the plane is at places in [0, 1]², from the lower left. */
  const colours = (places: readonly Pixel[]) =>
    plane()
      .locator("canvas")
      .evaluate((canvas: HTMLCanvasElement, at) => {
        const pen = canvas.getContext("2d")!;
        return at.map(({ x, y }) => {
          const [u, v] = [Math.round(x * canvas.width), Math.round((1 - y) * canvas.height)];
          const [red, , blue] = pen.getImageData(u, v, 1, 1).data;
          return blue! - red!;
        });
      }, places);
  const picture = () =>
    plane()
      .locator("canvas")
      .evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  const quality = async () => (await page.getByText(/^Fakes (have found|cover)/).textContent())!;

  beforeAll(async () => {
    studio = await openStudio();
    browser = await openBrowser();
    page = await browser.open(studio);
    page.on("pageerror", ({ message }) => faults.push(message));
  }, limit);
  afterAll(async () => {
    await browser?.close();
    await studio?.remove();
  });

  test("nothing of the runtime is fetched before it is opened", { timeout: limit }, async () => {
    const fetched = await page.evaluate(() =>
      performance.getEntriesByType("resource").map(({ name }) => name),
    );
    expect(fetched.filter((name) => /wasm|ort|worker/.test(name))).toEqual([]);
  });

  test("the surface parts the data from the rest, and fakes find the data", {
    timeout: limit,
  }, async () => {
    await go("data=shape-clouds&system=custom&o.latent=2&o.width=24&o.discriminatorWidth=24");
    await take(400);
    // The clouds lie left below and right above the middle; the surface alone is looked at.
    for (const layer of ["Manifold", "Data", "Fakes", "Arrows"])
      await plane().getByLabel(layer).uncheck();
    await standsAt(400);
    const clouds = await colours([
      { x: 0.18, y: 0.34 },
      { x: 0.82, y: 0.66 },
    ]);
    const rest = await colours([
      { x: 0.04, y: 0.96 },
      { x: 0.96, y: 0.04 },
      { x: 0.5, y: 0.98 },
    ]);
    expect(Math.min(...clouds)).toBeGreaterThan(Math.max(...rest));
    expect(page.url()).toContain("hide=mesh-real-fakes-arrows");
    const [, covered] = /cover (\d+) %/.exec(await quality())!;
    expect(Number(covered)).toBeGreaterThan(15);
  });

  test("a step is one step, and a reset goes back to the first picture", {
    timeout: limit,
  }, async () => {
    await go("data=ring8&system=custom&o.latent=2&o.width=16&seed=3");
    const first = await picture();
    await button("Step").click();
    await standsAt(1);
    const second = await picture();
    expect(second).not.toBe(first);
    await button("Step").click();
    await standsAt(2);
    await button("Reset").click();
    await standsAt(0);
    expect(await picture()).toBe(first);
    await button("Step").click();
    await standsAt(1);
    expect(await picture()).toBe(second);
  });

  test("another loss and penalty while it runs: points stay, and training goes on", {
    timeout: limit,
  }, async () => {
    await go("data=ring8&system=custom&o.latent=2&o.width=16&hide=surface-arrows");
    await take(50);
    const before = await picture();
    await page.getByRole("combobox", { name: "loss", exact: true }).selectOption("hinge");
    await page.getByText(/Both players go on with their weights/).waitFor({ timeout: limit });
    expect(await stepNow()).toBe(50);
    expect(await picture()).toBe(before);
    await button("Play").click();
    await page.getByRole("combobox", { name: "penalty", exact: true }).selectOption("r1");
    await expect.poll(stepNow, { timeout: limit }).toBeGreaterThan(80);
    await button("Pause").click();
    expect(page.url()).toMatch(/o\.loss=hinge.*o\.penalty=r1/);
    const command = page.getByText(/^ganymede train custom --data ring8/);
    expect(await command.textContent()).toMatch(/--loss hinge.* --penalty r1/);
  });

  test("the page keeps its frames while it trains", { timeout: limit }, async () => {
    await go("data=ring8&system=gan-vanilla");
    await button("Play").click();
    await expect.poll(stepNow, { timeout: limit }).toBeGreaterThan(20);
    const gaps = await page.evaluate(async () => {
      const found: number[] = [];
      let last = await new Promise(requestAnimationFrame);
      while (found.length < 60) {
        const now = await new Promise(requestAnimationFrame);
        found.push(now - last);
        last = now;
      }
      return found.sort((a, b) => a - b);
    });
    await button("Pause").click();
    expect(gaps[30]).toBeLessThan(50);
  });

  test("points of one's own, by a shape and by dragging, which the address keeps", {
    timeout: limit,
  }, async () => {
    await page.goto(`${studio.url.split("?")[0]}#/playground?data=drawn&system=custom&o.width=8`);
    await page.reload();
    await page.getByLabel("Fill with").selectOption("moons");
    await page.getByRole("button", { name: "Train on these 400 points" }).waitFor();
    await page.getByRole("button", { name: "Clear" }).click();
    const box = (await plane().locator("canvas").boundingBox())!;
    await page.mouse.move(box.x + 100, box.y + 100);
    await page.mouse.down();
    await page.mouse.move(box.x + 300, box.y + 240, { steps: 40 });
    await page.mouse.up();
    await page.getByRole("button", { name: /^Train on these/ }).click();
    await standsAt(0);
    const all = new URLSearchParams(page.url().split("?")[1]);
    const bytes = Buffer.from(all.get("drawn")!, "base64url");
    expect(bytes.length).toBeGreaterThan(16);
    // From upper left to lower right, as it was dragged.
    expect(bytes[0]).toBeLessThan(bytes.at(-2)!);
    expect(bytes[1]).toBeGreaterThan(bytes.at(-1)!);
    await take(10);
    await page.getByRole("link", { name: "Save points.csv" }).waitFor();
  });

  test("what cannot be is said, and the page goes on from there", { timeout: limit }, async () => {
    await go("data=ring8&system=custom&o.width=8");
    await page.getByText(/^More options/).click();
    await page.getByLabel("batch", { exact: true }).fill("-3");
    await page.getByLabel("batch", { exact: true }).blur();
    await plane().getByRole("alert").waitFor();
    expect(await plane().getByRole("alert").textContent()).toMatch(/batch/);
    await page.getByLabel("batch", { exact: true }).fill("16");
    await page.getByLabel("batch", { exact: true }).blur();
    await standsAt(0);
    await take(5);
    expect(faults).toEqual([]);
  });
});
