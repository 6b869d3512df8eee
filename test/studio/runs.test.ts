import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type StudioServer, startStudio } from "../../src/studio/server.ts";
import { inChromium } from "../in-chromium.ts";
import { openBrowser, openStudio, type TestBrowser, type TestStudio } from "./_studio.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const patience = { timeout: 60_000 };

/** Text of the pixels of the sample grid that is shown. */
const gridPixels = (page: Page): Promise<string> =>
  page
    .locator('img[alt^="Samples of"]')
    .first()
    .evaluate(async (element) => {
      const image = element as HTMLImageElement;
      await image.decode();
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
      const context = canvas.getContext("2d")!;
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      const digest = await crypto.subtle.digest("SHA-256", data);
      return `${canvas.width} ${[...new Uint8Array(digest)].join("")}`;
    });

/** How many different colours a canvas of the page shows. */
const coloursOf = (page: Page, selector: string): Promise<number> =>
  page
    .locator(selector)
    .first()
    .evaluate((element) => {
      const { data } = (element as HTMLCanvasElement)
        .getContext("2d")!
        .getImageData(
          0,
          0,
          (element as HTMLCanvasElement).width,
          (element as HTMLCanvasElement).height,
        );
      const seen = new Set<number>();
      for (let i = 0; i < data.length; i += 4) {
        if (data[i + 3]! > 0) seen.add((data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!);
      }
      return seen.size;
    });

const panel = (page: Page, name: string) => page.getByRole("region", { name, exact: true });

/** The number behind a fact of the progress panel. */
async function stepShown(page: Page): Promise<number> {
  const text = await panel(page, "Progress").locator("dd").first().innerText();
  return Number(text.split(" of ")[0]!.replaceAll(",", ""));
}

inChromium("runs in the studio", () => {
  let studio: TestStudio;
  let again: StudioServer | undefined;
  let browser: TestBrowser;
  let page: Page;
  const mistakes: string[] = [];
  beforeAll(async () => {
    studio = await openStudio();
    browser = await openBrowser();
    page = await browser.open(studio);
    page.on("pageerror", (error) => mistakes.push(error.message));
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await again?.close();
    await studio?.remove();
  }, 60_000);

  /** A field of the form that the schema made. */
  const field = (name: string) =>
    page
      .locator("label", { has: page.locator("span", { hasText: new RegExp(`^${name}$`) }) })
      .locator("input");
  const config = (run: string) =>
    JSON.parse(readFileSync(join(studio.out, run, "run.json"), "utf8")) as Record<string, unknown>;

  test("a run is started from the form, which the schema made", async () => {
    await page.getByText("No runs in this folder yet").waitFor();
    await page.getByRole("combobox", { name: "System" }).selectOption("gan-vanilla");
    await page.getByText("The system's options").click();
    await field("width").fill("4");
    await field("batch").fill("0");
    await page.getByText("Settings of the run").click();
    await field("steps").fill("150000");
    await field("threads").fill("1");
    await page.getByRole("button", { name: "Start training" }).click();
    // The browser knows the range of the schema.
    expect(
      await page
        .getByLabel("batch")
        .evaluate((e) => (e as HTMLInputElement).validity.rangeUnderflow),
    ).toBe(true);
    await field("batch").fill("4");
    await field("batch").press("Tab");
    await page
      .getByText(
        /ganymede train gan-vanilla --out \S+ --batch 4 --width 4 --steps 150000 --threads 1/,
      )
      .waitFor();
    await page.getByRole("button", { name: "Start training" }).click();
    await page.getByRole("heading", { level: 1, name: "gan-vanilla-001" }).waitFor(patience);
    expect(config("gan-vanilla-001")).toMatchObject({
      options: { width: 4, batch: 4 },
      steps: 150_000,
    });
  }, 120_000);

  test("its curves grow, and its grid changes, while it trains", async () => {
    const losses = panel(page, "Losses").getByRole("img");
    await expect.poll(() => losses.getAttribute("aria-label"), patience).toMatch(/g\.loss: \d/);
    const before = await losses.getAttribute("aria-label");
    await expect.poll(() => losses.getAttribute("aria-label"), patience).not.toBe(before);
    expect(await coloursOf(page, "section[aria-label=Losses] canvas")).toBeGreaterThan(2);
    const image = page.locator('img[alt^="Samples of"]');
    await image.waitFor(patience);
    const [alt, pixels] = [await image.getAttribute("alt"), await gridPixels(page)];
    await expect.poll(() => image.getAttribute("alt"), patience).not.toBe(alt);
    expect(await gridPixels(page)).not.toBe(pixels);
    // What the discriminator says, gradients, and health in words, all of a look.
    await expect.poll(() => coloursOf(page, ".picture canvas"), patience).toBeGreaterThan(2);
    const norms = panel(page, "Gradients and updates").getByRole("img").first();
    expect(await norms.getAttribute("aria-label")).toMatch(/d: \d.*g: \d|g: \d.*d: \d/);
    await panel(page, "Health")
      .getByText(/All is well|to look at/)
      .waitFor();
  }, 120_000);

  test("a second training is refused while there is one, in words", async () => {
    const headers = { authorization: `Bearer ${studio.token}` };
    const asked = { system: "gan-vanilla", steps: 5 };
    const url = `http://127.0.0.1:${studio.port}/api/runs`;
    const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify({ asked }) });
    expect(answer.status).toBe(409);
    const record = (await answer.json()) as { code: string; fault: { fix: string } };
    expect(record.code).toBe("TRAINING_BUSY");
    expect(record.fault.fix).toMatch(/pause gan-vanilla-001/);
  });

  test("it is paused with a checkpoint, and resumed", async () => {
    await page.getByRole("button", { name: "Pause", exact: true }).click();
    await page.getByRole("button", { name: "Resume" }).waitFor(patience);
    await panel(page, "Progress").getByText("stopped").waitFor();
    const paused = await stepShown(page);
    expect(existsSync(join(studio.out, "gan-vanilla-001", "ended.json"))).toBe(true);
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Resume" }).click();
    await page.getByRole("button", { name: "Pause", exact: true }).waitFor(patience);
    await expect.poll(() => stepShown(page), patience).toBeGreaterThan(paused);
    await page.getByRole("button", { name: "Pause", exact: true }).click();
    await page.getByRole("button", { name: "Resume" }).waitFor(patience);
  }, 120_000);

  test("a branch goes on from one of its checkpoints, and both are compared", async () => {
    const branched = await stepShown(page);
    await page.getByRole("button", { name: "Branch" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("slower");
    // The command is longer than the dialog is wide, and scrolls by itself.
    expect(await dialog.evaluate((box) => box.scrollWidth - box.clientWidth)).toBe(0);
    await dialog.getByLabel("Steps in all").fill(String(branched + 300));
    await dialog.getByLabel("Learning rates times").fill("0.5");
    await dialog
      .getByText(/ganymede branch \S+gan-vanilla-001 --checkpoint \d+ --name slower/)
      .waitFor();
    await dialog.getByRole("button", { name: "Branch and train" }).click();
    await page.getByRole("heading", { level: 1, name: "slower" }).waitFor(patience);
    await panel(page, "Progress").getByText("done").waitFor(patience);
    expect(config("slower")).toMatchObject({
      branchedFrom: { run: "gan-vanilla-001", step: branched },
      rateCuts: [{ from: branched, factor: 0.5 }],
    });
    await page.goto(`http://127.0.0.1:${studio.port}/#/runs`);
    await page.getByLabel("Compare slower").check();
    await page.getByLabel("Compare gan-vanilla-001").check();
    const curves = panel(page, "Curves of 2 runs").getByRole("img");
    await expect
      .poll(() => curves.getAttribute("aria-label"), patience)
      .toMatch(/slower: \d.*gan-vanilla-001: \d/);
    await expect.poll(() => page.locator('img[alt^="Samples of"]').count(), patience).toBe(2);
    await panel(page, "Settings that differ").getByText("rateCuts").waitFor();
    expect(page.url()).toContain("compare=slower%2Cgan-vanilla-001");
  }, 120_000);

  test("it is kept, annotated, found by its words, and the branch deleted", async () => {
    await page.goto(`http://127.0.0.1:${studio.port}/#/run/slower/overview`);
    await page.getByRole("button", { name: "Keep" }).click();
    await page.getByRole("button", { name: "★ Kept" }).waitFor();
    await page.getByLabel("Note").fill("half the rate");
    await page.getByRole("button", { name: "Save note" }).click();
    await expect.poll(() => existsSync(join(studio.out, "slower", "note.txt"))).toBe(true);
    await page.goto(`http://127.0.0.1:${studio.port}/#/runs`);
    await page.getByLabel("Filter").fill("kept half");
    const rows = page.locator("tbody tr");
    await expect.poll(() => rows.count()).toBe(1);
    await page.getByRole("link", { name: "slower" }).click();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByText("You marked it as kept.").waitFor();
    await page.getByRole("button", { name: "Delete for good" }).click();
    await page.getByRole("heading", { level: 1, name: "Runs" }).waitFor();
    expect(existsSync(join(studio.out, "slower"))).toBe(false);
    await expect.poll(() => rows.count(), patience).toBe(1);
  }, 60_000);

  test("a run of another process is shown live, through a restart of the server", async () => {
    const flags = ["--name", "elsewhere", "--out", studio.out, "--width", "4", "--batch", "4"];
    const tiny = ["gan-vanilla", ...flags, "--threads", "1", "--steps", "5000000", "--no-health"];
    const cli = ["--import", "tsx", "src/cli/main.ts", "train", ...tiny];
    const other: ChildProcess = spawn(process.execPath, cli, { cwd: root, stdio: "ignore" });
    const ended = new Promise((resolve) => other.once("exit", resolve));
    try {
      const metrics = join(studio.out, "elsewhere", "metrics.jsonl");
      await expect.poll(() => existsSync(metrics), patience).toBe(true);
      await page.goto(`http://127.0.0.1:${studio.port}/#/run/elsewhere/overview`);
      await page.getByText("Another process trains it").waitFor(patience);
      expect(await page.getByRole("button", { name: "Pause", exact: true }).isDisabled()).toBe(
        true,
      );
      const first = await stepShown(page);
      await expect.poll(() => stepShown(page), patience).toBeGreaterThan(first);
      await studio.close();
      await page.getByText("The server does not answer").waitFor(patience);
      const before = await stepShown(page);
      again = await startStudio({ out: studio.out, port: studio.port, page: studio.page });
      await expect.poll(() => stepShown(page), patience).toBeGreaterThan(before);
      await expect
        .poll(() => page.getByText("The server does not answer").count(), patience)
        .toBe(0);
    } finally {
      other.kill("SIGINT");
      await ended;
    }
    await panel(page, "Progress").getByText("stopped").waitFor(patience);
    expect(mistakes).toEqual([]);
  }, 120_000);

  test("closing the server stops its training with a checkpoint", async () => {
    await page.goto(`http://127.0.0.1:${studio.port}/#/run/gan-vanilla-001/overview`);
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Resume" }).click();
    await page.getByRole("button", { name: "Pause", exact: true }).waitFor(patience);
    await again!.close();
    again = undefined;
    const ended = join(studio.out, "gan-vanilla-001", "ended.json");
    expect(JSON.parse(readFileSync(ended, "utf8"))).toMatchObject({ why: "stopped" });
  }, 60_000);
});
