import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inChromium } from "../in-chromium.ts";
import { openBrowser, openStudio, type TestBrowser, type TestStudio } from "./_studio.ts";

inChromium("the studio's shell", () => {
  let studio: TestStudio;
  let browser: TestBrowser;
  let page: Page;
  beforeAll(async () => {
    studio = await openStudio();
    browser = await openBrowser();
    page = await browser.open(studio);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await studio?.remove();
  });

  test("opens on the runs, without the token in the address", async () => {
    await page.getByRole("heading", { level: 1, name: "Runs" }).waitFor();
    expect(page.url()).not.toContain("token");
  });

  test("has a light and a dark theme, which outlast a reload", async () => {
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const before = await ground();
    await page.getByRole("button", { name: /theme/ }).click();
    const after = await ground();
    expect(after).not.toBe(before);
    await page.reload();
    await page.getByRole("button", { name: /theme/ }).waitFor();
    expect(await ground()).toBe(after);
  });

  test("says where an address leads nowhere", async () => {
    await page.goto(`${studio.url.split("?")[0]}#/nowhere`);
    await page.getByText("This address leads nowhere").waitFor();
  });
});
