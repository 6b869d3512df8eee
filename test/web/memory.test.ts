import { afterAll, beforeAll, expect, test } from "vitest";
import { inChromium } from "../in-chromium.ts";
import { inPage, makeSite, openSite, type Site, until } from "./_site.ts";

inChromium("memory in Chromium", () => {
  let site: Site;
  beforeAll(async () => {
    site = await makeSite();
  }, 300_000);
  afterAll(() => site?.remove());

  // SwiftShader takes a hundred times as long for a step.
  test.each([
    { device: "wasm", steps: 1500, webgpu: false },
    { device: "webgpu", steps: 120, webgpu: true },
  ])("stays the same: %o", { timeout: 900_000 }, async ({ device, steps, webgpu }) => {
    const page = await openSite(site.folder, { webgpu });
    try {
      await inPage(
        page,
        `window.steps = 0;
         window.training = ganymede.startTraining(
           { system: "gan-vanilla", options: { width: 256, batch: 16 }, device: "${device}",
             steps: ${steps}, threads: 1, pictures: { everySeconds: 2, count: 64 } },
           (e) => { if (e.kind === "progress") window.steps = e.step; if (e.kind === "fault") window.fault = e; });`,
      );
      const at = async (share: number) => {
        await until(page, `window.fault || window.steps >= ${Math.round(share * steps)}`, 600);
        expect(await page.evaluate("window.fault")).toBeUndefined();
        return page.memory();
      };
      const early = await at(1 / 3);
      const late = await at(1);
      // A leak of the state alone would be 1.6 MB a step, of at least 80 steps.
      expect(late - early).toBeLessThan(50e6);
    } finally {
      await page.close();
    }
  });
});
