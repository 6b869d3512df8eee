import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { resolveConfig } from "../../src/app/config.ts";
import { encodePng } from "../../src/core/png.ts";
import { stream } from "../../src/core/random.ts";
import type { HealthRecord } from "../../src/train/run-folder.ts";
import { inChromium } from "../in-chromium.ts";
import { openBrowser, openStudio, type TestBrowser, type TestStudio } from "./_studio.ts";

/** Ten hours of a training: rows, and looks with a grid each. */
const rows = 100_000;
const looks = 1000;
/** They come in so many pieces. */
const pieces = 100;
const mib = 2 ** 20;

const random = stream(1, "endurance");

function rowsFrom(first: number, count: number): string {
  const noise = random.normal(new Float32Array(2 * count));
  return Array.from({ length: count }, (_, i) => {
    const step = first + i;
    const values = {
      "g.loss": 1 + 0.2 * noise[2 * i]!,
      "d.loss": 0.6 + 0.1 * noise[2 * i + 1]!,
      "d.real": 0.4,
      "d.fake": -0.4,
    };
    return `${JSON.stringify({ step, values, seconds: step * 0.36 })}\n`;
  }).join("");
}

function lookAt(step: number): string {
  const counts = Array.from({ length: 32 }, (_, i) => (i * step) % 17);
  const norms = { gradient: 1 + (step % 7), update: 0.01, weights: 10 };
  const look: HealthRecord = {
    step,
    gauges: { spread: 0.5 },
    alarms: [],
    critic: { low: -2, high: 2, real: counts, fake: [...counts].reverse() },
    norms: { g: norms, d: norms },
  };
  return `${JSON.stringify(look)}\n`;
}

/** A picture that no other step has. */
function gridOf(step: number): Uint8Array {
  const data = Uint8Array.from(random.normal(new Float32Array(64 * 64 * 3)), (v) => 128 + 40 * v);
  data[0] = step % 256;
  return encodePng({ width: 64, height: 64, channels: 3, data });
}

/** Bytes of a page's process that it shares with no other, and of its JavaScript. */
async function memoryOf(session: CDPSession, browser: CDPSession) {
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  const { processInfo } = await browser.send("SystemInfo.getProcessInfo");
  const own = processInfo
    .filter(({ type }) => type === "renderer")
    .map(({ id }) => /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${id}/smaps_rollup`, "utf8")));
  return { heap: usedSize, process: Math.max(...own.map((match) => 1024 * Number(match![1]))) };
}

/** Milliseconds until a click is answered by a frame that shows it. */
const clickTime = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    const button = [...document.querySelectorAll("button")].find((b) => /theme/.test(b.innerText))!;
    const before = performance.now();
    button.click();
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    return performance.now() - before;
  });

/**
 * How much slower than a quiet machine this one is just now, 1 at least: targets are for a machine that
 * does nothing else. A quiet core of 3 GHz needs some 80 ms for this.
 */
const slowness = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const before = performance.now();
    let sum = 0;
    for (let i = 0; i < 3e7; i++) sum = sum * 0.999 + i;
    return Math.max(1, (performance.now() - before + 0 * sum) / 120);
  });

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1]!;

inChromium("ten hours in the studio", () => {
  let studio: TestStudio;
  let browser: TestBrowser;
  let run: string;
  beforeAll(async () => {
    studio = await openStudio();
    browser = await openBrowser();
    run = join(studio.out, "long");
    mkdirSync(join(run, "samples"), { recursive: true });
    const { config } = await resolveConfig({ system: "gan-vanilla", steps: rows });
    writeFileSync(join(run, "run.json"), JSON.stringify(config));
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await studio?.remove();
  });

  test("its page is there within a second, stays small, and answers", async () => {
    const page = await browser.open(studio, "#/run/long/overview");
    await page.getByText("Nothing was logged yet").first().waitFor();
    const session = await page.context().newCDPSession(page);
    const whole = await browser.browser.newBrowserCDPSession();
    await page.evaluate(() => {
      const seen = { frames: 0 };
      Object.assign(window, { seen });
      const count = () => {
        seen.frames++;
        requestAnimationFrame(count);
      };
      count();
    });
    const frames = () =>
      page.evaluate(() => (window as unknown as { seen: { frames: number } }).seen.frames);
    const clicks: number[] = [];
    const shown: number[] = [];
    for (let piece = 0; piece < pieces; piece++) {
      const [each, own] = [rows / pieces, looks / pieces];
      for (let i = 1; i <= own; i++) {
        const step = piece * each + (i * each) / own;
        writeFileSync(
          join(run, "samples", `step-${String(step).padStart(8, "0")}.png`),
          gridOf(step),
        );
        appendFileSync(join(run, "health.jsonl"), lookAt(step));
      }
      appendFileSync(join(run, "metrics.jsonl"), rowsFrom(piece * each + 1, each));
      if (piece % 10 !== 5) {
        await page.waitForTimeout(20);
        continue;
      }
      const before = await frames();
      clicks.push(await clickTime(page));
      await page.waitForTimeout(200);
      shown.push((await frames()) - before);
    }
    const state = page.getByRole("region", { name: "Progress" }).locator("dd").first();
    await expect.poll(() => state.innerText(), { timeout: 60_000 }).toBe("100,000 of 100,000");
    const image = page.locator('img[alt^="Samples of"]');
    await expect.poll(() => image.getAttribute("alt"), { timeout: 20_000 }).toMatch(/100000$/);
    expect(await page.getByRole("slider", { name: "Time" }).getAttribute("max")).toBe("999");
    const used = await memoryOf(session, whole);
    console.info(
      `heap ${(used.heap / mib).toFixed(0)} MiB, process ${(used.process / mib).toFixed(0)} MiB, ` +
        `clicks ${clicks.map((t) => t.toFixed(0)).join(" ")} ms, frames in 0.2 s ${shown.join(" ")}`,
    );
    expect(used.heap).toBeLessThan(100 * mib);
    expect(used.process).toBeLessThan(300 * mib);
    expect(median(clicks)).toBeLessThan(200 * (await slowness(page)));
    expect(Math.min(...shown)).toBeGreaterThan(0);
    await page.close();
  }, 120_000);

  test("opened anew, the whole of it is there within a second", async () => {
    const page = await browser.open(studio, "#/run/long/overview");
    const times: number[] = [];
    // The first time fills the browser's cache and reads the log.
    for (let i = 0; i < 4; i++) {
      await page.reload();
      await page.getByText("100,000 of 100,000").waitFor();
      await page.locator("section[aria-label=Losses] canvas").waitFor();
      if (i > 0) times.push(await page.evaluate(() => performance.now()));
    }
    console.info(`loaded in ${times.map((t) => t.toFixed(0)).join(" ")} ms`);
    expect(Math.min(...times)).toBeLessThan(1000 * (await slowness(page)));
    const losses = page.getByRole("region", { name: "Losses" }).getByRole("img");
    expect(await losses.getAttribute("aria-label")).toMatch(/at step 99,/);
    await page.close();
  }, 60_000);
});
