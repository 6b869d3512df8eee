import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import type { HalvesReport } from "./_halves-child.ts";
import { findGpu } from "./_node.ts";

const gpu = await findGpu();
if ("missing" in gpu) console.warn(`float16 by WebGPU: 1 test skipped: ${gpu.missing}`);

const child = fileURLToPath(new URL("./_halves-child.ts", import.meta.url));

test.skipIf("missing" in gpu)(
  "float16 by WebGPU: every operator is right in it, or the device is refused with the reason",
  { timeout: 900_000 },
  async () => {
    if ("missing" in gpu) return;
    const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", child], {
      env: gpu.env,
    });
    const report = JSON.parse(stdout) as HalvesReport;
    if ("refused" in report) {
      expect(report.refused.code).toBe("PRECISION");
      expect(report.refused.got).toMatch(/f16/);
    } else expect(report.failures).toEqual([]);
    // The driver in software has none.
    if (gpu.adapter === "SwiftShader") expect(report).toHaveProperty("refused");
  },
);
