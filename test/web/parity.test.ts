import { afterAll, beforeAll, expect, test } from "vitest";
import { inChromium } from "../in-chromium.ts";
import { keepReport } from "../parity/_node.ts";
import { failuresOf, type ParityReport, parityNames } from "../parity/_suite.ts";
import { makeScriptSite, openSite, type Site, until } from "./_site.ts";

/** Operators of one call: the page answers now and then. */
const together = 8;

const slices = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
    all.slice(i * size, (i + 1) * size),
  );

inChromium("parity in Chromium", () => {
  let site: Site;
  beforeAll(async () => {
    site = await makeScriptSite("parity-page.ts");
  }, 300_000);
  afterAll(() => site?.remove());

  /** Everything that there is to compare, a part at a time. */
  async function report(device: "wasm" | "webgpu"): Promise<ParityReport> {
    const page = await openSite(site.folder, { webgpu: device === "webgpu" });
    try {
      await until(page, "window.parity");
      const parts: ParityReport[] = [];
      const asked = [
        ...slices(parityNames.operators, together).map((operators) => ({ operators, systems: [] })),
        ...parityNames.systems.map((system) => ({ operators: [], systems: [system] })),
      ];
      for (const some of asked) {
        parts.push(await page.evaluate(`parity(${JSON.stringify({ device, asked: some })})`));
      }
      return {
        ...parts[0]!,
        operators: Object.assign({}, ...parts.map((p) => p.operators)),
        systems: Object.assign({}, ...parts.map((p) => p.systems)),
      };
    } finally {
      await page.close();
    }
  }

  test.each(["wasm", "webgpu"] as const)(
    "%s computes what the float64 reference does",
    { timeout: 900_000 },
    async (device) => {
      const said = await report(device);
      const { provider, runtime, operators, systems } = said;
      expect(provider).toBe(`web-${device}`);
      expect(runtime).toMatch(/^onnxruntime-web \d+\.\d+\.\d+$/);
      expect(Object.keys(operators)).toEqual(parityNames.operators);
      expect(Object.keys(systems)).toEqual(parityNames.systems);
      keepReport(said);
      expect(failuresOf(said)).toEqual([]);
    },
  );
});
