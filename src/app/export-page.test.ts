import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { openPage, type Page } from "../../test/chromium.ts";
import { conditionalRun } from "../../test/conditional-run.ts";
import { chromium, inChromium } from "../../test/in-chromium.ts";
import { loadSystem, resolveConfig } from "./config.ts";
import { exportPage } from "./export-page.ts";
import { runTraining } from "./run-training.ts";
import { type OpenRun, openRun } from "./sample.ts";

const root = mkdtempSync(join(tmpdir(), "ganymede-page-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function ring(): Promise<OpenRun> {
  const { tiny: options } = await loadSystem("gan-vanilla");
  const asked = { system: "gan-vanilla", options, data: "ring8", steps: 2, threads: 1 };
  const { config } = await resolveConfig(asked);
  const runPath = join(root, "ring");
  await runTraining(
    { config, runPath, resume: false },
    () => {},
    () => false,
  );
  return openRun(runPath, { threads: 1 });
}

const conditional = await conditionalRun(root);
const points = await ring();
afterAll(async () => {
  await conditional.dispose();
  await points.dispose();
});

test("the page is one file, with nothing to fetch, and names the data's licence", async () => {
  const file = join(root, "alone.html");
  const { bytes, parts, maxDifference } = await exportPage(points, file);
  const html = readFileSync(file, "utf8");
  expect(Buffer.byteLength(html)).toBe(bytes);
  expect(bytes).toBeLessThan(6 * 2 ** 20);
  expect(parts.model + parts.runtime).toBeLessThan(bytes);
  expect(maxDifference).toBeLessThanOrEqual(1e-5);
  expect(html).not.toMatch(/<(script|img|link)[^>]+(src|href)="(?!data:)/);
  expect(html.match(/<\/script>/g)).toHaveLength(5);
  expect(html).toContain(points.config.data.about.licence);
});

async function opened(run: OpenRun, name: string): Promise<Page> {
  const file = join(root, name);
  await exportPage(run, file);
  const page = await openPage(chromium!, pathToFileURL(file).href);
  for (let i = 0; i < 300 && !(await page.evaluate<boolean>("!!window.ganymede")); i++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return page;
}

const near = (a: readonly number[], b: Float32Array) => {
  expect(a.length).toBe(b.length);
  a.forEach((v, i) => {
    expect(Math.abs(v - b[i]!)).toBeLessThan(1e-4);
  });
};

/** Every control changes the picture. */
async function useControls(page: Page): Promise<void> {
  const drawn = () => page.evaluate<string>("document.getElementById('item').toDataURL()");
  /** Does something, and waits until the picture is another. */
  const changes = async (what: string): Promise<string> => {
    const before = await drawn();
    await page.evaluate(what);
    for (let i = 0; i < 50 && (await drawn()) === before; i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(await drawn(), what).not.toBe(before);
    return drawn();
  };
  const set = (id: string, value: string | number, event = "input") =>
    `{ const e = document.getElementById("${id}"); e.value = "${value}";
       e.dispatchEvent(new Event("${event}")); }`;
  await changes(set("seed", 7, "change"));
  await changes(set("class", 2, "change"));
  await changes(set("z0", 2.5));
  const wide = await changes(set("truncation", 0.3));
  await changes("document.querySelectorAll('#sheet button')[3].click()");
  expect(await page.evaluate("document.getElementById('which').textContent")).toBe(
    "item 3 of seed 7",
  );
  const playing = await changes("document.getElementById('play').click()");
  expect(playing).not.toBe(wide);
  await page.evaluate("document.getElementById('play').click()");
  expect(await page.evaluate("document.getElementById('play').textContent")).toBe("Play");
  await changes("document.getElementById('random').click()");
}

inChromium("in headless Chromium", () => {
  const limit = { timeout: 60_000 };

  test("a seed makes the run's own items, and controls do what they say", limit, async () => {
    const page = await opened(conditional, "conditional.html");
    try {
      const sample = (request: object) =>
        page.evaluate<number[]>(`window.ganymede.sample(${JSON.stringify(request)})`);
      for (const request of [
        { seed: 5, count: 70 },
        { seed: 2 ** 40, count: 3, truncation: 0.5 },
      ]) {
        near(await sample(request), await conditional.sample(request));
      }
      const one = { seed: 5, from: 64, count: 2 };
      near(await sample({ ...one, label: 2 }), await conditional.sample({ ...one, labels: [2] }));
      expect(await page.evaluate("document.querySelectorAll('#sheet canvas').length")).toBe(24);
      expect(await page.evaluate("document.querySelectorAll('#class option').length")).toBe(4);
      await useControls(page);
      expect(page.errors).toEqual([]);
    } finally {
      await page.close();
    }
  });

  test("points are a cloud, and every control has a name", limit, async () => {
    const page = await opened(points, "points.html");
    try {
      const request = { seed: 3, count: 130 };
      const made = await page.evaluate<number[]>(
        `window.ganymede.sample(${JSON.stringify(request)})`,
      );
      near(made, await points.sample(request));
      expect(await page.evaluate("document.getElementById('item').width")).toBe(512);
      await page.send("Accessibility.enable");
      const { nodes } = await page.send<{ nodes: AxNode[] }>("Accessibility.getFullAXTree");
      const controls = nodes.filter(({ role }) =>
        /button|slider|combobox|spin/.test(role?.value ?? ""),
      );
      expect(controls.length).toBeGreaterThan(4);
      for (const { name, role } of controls) expect(name?.value, role?.value).toBeTruthy();
      expect(page.errors).toEqual([]);
    } finally {
      await page.close();
    }
  });
});

interface AxNode {
  readonly role?: { readonly value: string };
  readonly name?: { readonly value: string };
}
