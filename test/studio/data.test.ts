import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dataFolder } from "../data-folder.ts";
import { inChromium } from "../in-chromium.ts";
import { openBrowser, openStudio, type TestBrowser, type TestStudio } from "./_studio.ts";

const limit = 120_000;
const { root, write } = dataFolder();

/** A picture of one colour; `side` by `side`. */
const png = (red: number, green: number, side = 24) =>
  sharp({
    create: { width: side, height: side, channels: 3, background: { r: red, g: green, b: 40 } },
  })
    .png()
    .toBuffer();

inChromium("the data view", () => {
  let studio: TestStudio;
  let browser: TestBrowser;
  let page: Page;
  const folder = join(root, "set");
  const report = () => page.getByRole("region", { name: "Report" });
  const seen = () => page.getByRole("region", { name: "What the discriminator will see" });
  const open = async (query: string) => {
    await page.goto(`${studio.url.split("?")[0]}#/data?${query}`);
    await page.reload();
  };
  /** Mean red and green of each picture on the sheet. */
  const colours = async () => {
    await seen().getByRole("group", { name: "Items as they are seen" }).waitFor({ timeout: limit });
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
    return seen()
      .locator(".sheet canvas")
      .evaluateAll((all) =>
        (all as HTMLCanvasElement[]).map((canvas) => {
          const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
          let [red, green] = [0, 0];
          for (let i = 0; i < data.length; i += 4) {
            red += data[i]!;
            green += data[i + 1]!;
          }
          return [red / (data.length / 4), green / (data.length / 4)] as const;
        }),
      );
  };

  beforeAll(async () => {
    mkdirSync(folder, { recursive: true });
    for (let i = 0; i < 12; i++) write(`set/many/${i}.png`, await png(200 + i, 30));
    for (let i = 0; i < 3; i++) write(`set/few/${i}.png`, await png(30, 200 + i));
    write("set/few/broken.png", "no picture");
    studio = await openStudio();
    browser = await openBrowser();
    page = await browser.open(studio, "#/data");
  }, limit);
  afterAll(async () => {
    await browser?.close();
    await studio?.remove();
  });

  test("is empty until data are chosen", { timeout: limit }, async () => {
    await open("");
    await page.getByText("the first items of a training stand here").waitFor({ timeout: limit });
    await page.getByRole("combobox", { name: "Known data" }).waitFor();
  });

  test("a folder by its path: items in their colours, classes as bars, the broken file", {
    timeout: limit,
  }, async () => {
    await page.getByLabel("A folder or file of the studio's machine").fill(folder);
    await page.getByRole("button", { name: "Look" }).click();
    const shown = await colours();
    expect(shown.length).toBe(15);
    expect(shown.filter(([red, green]) => red > 150 && green < 80).length).toBe(12);
    expect(shown.filter(([red, green]) => green > 150 && red < 80).length).toBe(3);
    await report().getByText("few/broken.png").waitFor({ timeout: limit });
    expect(await report().textContent()).toMatch(/no picture of a known format/);
    const bars = await report()
      .getByRole("list", { name: "Items of each class" })
      .locator("li .bar > span")
      .evaluateAll((all) => all.map((bar) => bar.getBoundingClientRect().width));
    expect(bars[0]! / bars[1]!).toBeCloseTo(4, 1);
    const link = page.getByRole("link", { name: "Train on this" });
    expect(await link.getAttribute("href")).toBe(
      `#/runs?new=1&data=${encodeURIComponent(folder).replaceAll("%20", "+")}`,
    );
    await page.getByText(`ganymede data check ${folder}`).waitFor();
  });

  test("another size and an augmentation are seen, and are in the address", {
    timeout: limit,
  }, async () => {
    const before = await colours();
    await seen().getByLabel("channels").selectOption("1");
    await expect
      .poll(async () => (await colours())[0]![0] - (await colours())[0]![1], { timeout: limit })
      .toBe(0);
    expect(page.url()).toContain("o.channels=1");
    await seen().getByLabel("channels").selectOption("");
    await expect.poll(colours, { timeout: limit }).toEqual(before);
    await seen().getByLabel("Augmentation").selectOption("diff-augment");
    await expect.poll(colours, { timeout: limit }).not.toEqual(before);
    expect(page.url()).toContain("augmentation=diff-augment");
  });

  test("a folder that is dropped", { timeout: limit }, async () => {
    await open("");
    await page.getByLabel("A folder of files").setInputFiles(folder);
    expect((await colours()).length).toBe(15);
    await report().getByText("few/broken.png").waitFor({ timeout: limit });
    expect(page.url()).toMatch(/#\/data\?drop=1$/);
  });

  test("a folder that is dragged from outside the browser", { timeout: limit }, async () => {
    await open("");
    const target = page.getByRole("group", { name: "Drop files" });
    const { x, y, width, height } = (await target.boundingBox())!;
    const devtools = await page.context().newCDPSession(page);
    const data = { items: [], files: [folder], dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"] as const) {
      await devtools.send("Input.dispatchDragEvent", {
        type,
        x: x + width / 2,
        y: y + height / 2,
        data,
      });
    }
    expect((await colours()).length).toBe(15);
    await report().getByText("few/broken.png").waitFor({ timeout: limit });
  });

  test("points are drawn, and a path that leads nowhere is an error with its remedy", {
    timeout: limit,
  }, async () => {
    await open("data=swiss-roll");
    const picture = seen().getByRole("img", { name: "The first items of the data" });
    await picture.waitFor({ timeout: limit });
    await report().getByText("endless").waitFor({ timeout: limit });
    await open(`data=${encodeURIComponent(join(root, "nowhere"))}`);
    await seen().getByRole("alert").waitFor({ timeout: limit });
    expect(await seen().getByRole("alert").textContent()).toMatch(/To do: correct the path/);
  });

  test("names that lead out of the folder are refused, with and without the token", async () => {
    const at = `http://127.0.0.1:${studio.port}/api/data`;
    const headers = { authorization: `Bearer ${studio.token}` };
    const begun = await fetch(`${at}/drops`, { method: "POST", headers });
    const { id } = (await begun.json()) as { id: string };
    const put = (name: string, given: Record<string, string> = headers) =>
      fetch(`${at}/drops/${id}?name=${encodeURIComponent(name)}`, {
        method: "PUT",
        headers: given,
        body: "x",
      });
    expect((await put("a/b.txt")).status).toBe(200);
    for (const name of ["../x", "a/../../x", "/x", "..\\x", "a/b.txt"]) {
      const refused = await put(name);
      expect([name, refused.status]).toEqual([name, 400]);
      expect(((await refused.json()) as { code: string }).code).toBe("DROP_NAME");
    }
    expect((await put("c.txt", {})).status).toBe(401);
    const big = await fetch(`${at}/drops/${id}?name=big`, {
      method: "PUT",
      headers,
      body: new Uint8Array(65 * 2 ** 20),
    });
    expect(big.status).toBe(413);
    const path = await fetch(`${at}/check`, { method: "POST", body: '{"data":"/etc"}' });
    expect(path.status).toBe(401);
    const gone = await fetch(`${at}/drops/..%2F..`, { method: "DELETE", headers });
    expect(gone.status).toBe(404);
  });
});
