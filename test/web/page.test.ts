import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { downloadSizes, rowOf, sizesPage } from "../../scripts/web-sizes.ts";
import { inChromium } from "../in-chromium.ts";
import { makeSite, type Opened, openSite, type Site, until } from "./_site.ts";

const limit = 300_000;

inChromium("the page without a bundler", () => {
  let site: Site;
  let page: Opened;
  beforeAll(async () => {
    site = await makeSite();
    page = await openSite(site.folder, { path: "index.html" });
  }, limit);
  afterAll(async () => {
    await page?.close();
    site?.remove();
  });

  const click = (id: string) => page.evaluate(`document.getElementById("${id}").click()`);
  const set = (id: string, value: string) =>
    page.evaluate(
      `{ const e = document.getElementById("${id}"); e.value = "${value}"; e.dispatchEvent(new Event("change")); }`,
    );
  const text = (id: string) =>
    page.evaluate<string>(`document.getElementById("${id}").textContent`);
  const drawn = (id: string) =>
    page.evaluate<string>(`document.getElementById("${id}").toDataURL()`);
  const stateIs = (kind: string) =>
    until(page, `document.getElementById("state").dataset.kind === "${kind}"`);

  test("trains, saves, goes on and exports by its buttons", { timeout: limit }, async () => {
    await until(page, "document.getElementById('legend').textContent");
    expect(await text("headline")).toBe("Nothing trains yet.");
    const empty = await drawn("samples");
    await set("steps", "600");
    await click("train");
    await stateIs("done");
    expect(await text("headline")).toMatch(/^Trained for 600 steps on WebAssembly, \d threads?\.$/);
    const trained = await drawn("samples");
    expect(trained).not.toBe(empty);
    expect(await text("legend")).toMatch(/d\.loss .*g\.loss/);
    await click("save");
    await until(page, "!document.getElementById('load').disabled");
    await set("steps", "900");
    await click("load");
    await until(page, "/^Trained for 900/.test(document.getElementById('headline').textContent)");
    expect(await drawn("samples")).not.toBe(trained);
    expect(page.errors).toEqual([]);
  });

  test("learns digits that it fetches, and can be held", { timeout: limit }, async () => {
    await set("what", "digits");
    await set("steps", "100000");
    await click("train");
    await until(
      page,
      "/^Step \\d+ of 100000/.test(document.getElementById('headline').textContent)",
    );
    await until(page, "document.getElementById('samples').dataset.kind === 'pictures'");
    await click("pause");
    await until(page, "/^Paused at/.test(document.getElementById('headline').textContent)");
    const at = Number(/step (\d+)/.exec(await text("headline"))![1]);
    await click("step");
    await until(
      page,
      `document.getElementById('headline').textContent.startsWith("Paused at step ${at + 1} ")`,
    );
    await click("stop");
    await stateIs("done");
    expect(page.errors).toEqual([]);
  });

  test("what it downloads is what the guide says", { timeout: limit }, () => {
    const guide = readFileSync(sizesPage, "utf8");
    for (const size of downloadSizes(join(site.folder, "ganymede"))) {
      const numbers = (row: string) =>
        [...row.matchAll(/([\d.]+) [kM]B/g)].map((m) => Number(m[1]));
      const line = guide.split("\n").find((l) => l.startsWith(`| ${size.device} |`)) ?? "";
      const [actual, told] = [numbers(rowOf(size)), numbers(line)];
      // Scripts grow with every system: the guide is to be right about what a visitor waits for.
      for (const [i, n] of actual.entries()) expect(Math.abs(told[i]! / n - 1)).toBeLessThan(0.1);
    }
  });

  test("shows a fault and what to do", { timeout: limit }, async () => {
    await set("what", "own");
    await click("train");
    await stateIs("error");
    expect(await text("headline")).toBe("It cannot train: no picture");
    expect(await text("details")).toMatch(/DATA_EMPTY\. To do: choose PNG, JPEG or WebP files/);
    await set("what", "ring8");
    await set("device", "webgpu");
    await click("train");
    await until(page, "/NO_WEBGPU/.test(document.getElementById('details').textContent)");
    expect(page.errors).toEqual([]);
  });
});
