import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { writeAtomic } from "../../src/core/files.ts";
import { probeProvider } from "../../src/engine/run/native-providers.ts";
import type { Agreement, ParityReport } from "./_suite.ts";

/** Drivers in software that come with browsers: none of them needs a GPU. */
const softwareDrivers = [
  "/usr/lib/chromium/vk_swiftshader_icd.json",
  "/usr/lib/chromium-browser/vk_swiftshader_icd.json",
  "/opt/google/chrome/vk_swiftshader_icd.json",
];

/** What a process needs to have WebGPU, or why there is none. */
export type Gpu =
  | { readonly adapter: "its own" | "SwiftShader"; readonly env: NodeJS.ProcessEnv }
  | { readonly missing: string };

/**
 * The machine's own adapter, or that of an installed Chromium's driver in software. Vulkan reads its
 * environment when it is first loaded: what uses it has to be a process of its own.
 */
export async function findGpu(): Promise<Gpu> {
  const own = await probeProvider("webgpu");
  if (own.starts) return { adapter: "its own", env: process.env };
  const driver = softwareDrivers.find(existsSync);
  if (!driver) return { missing: `${own.reason}; nor is a Chromium with SwiftShader installed` };
  return { adapter: "SwiftShader", env: softwareEnv(driver) };
}

function softwareEnv(driver: string): NodeJS.ProcessEnv {
  // Chromium brings a Vulkan loader for machines that have none.
  const libraries = [process.env.LD_LIBRARY_PATH, dirname(driver)].filter(Boolean).join(":");
  return {
    ...process.env,
    XDG_RUNTIME_DIR: mkdtempSync(join(tmpdir(), "ganymede-vulkan-")),
    VK_DRIVER_FILES: driver,
    VK_ICD_FILENAMES: driver,
    LD_LIBRARY_PATH: libraries,
  };
}

/** What the child writes, a line each. */
export type Line =
  | { readonly name: string; readonly agreement: Agreement }
  | { readonly report: ParityReport };

/** Runs the whole suite on a device in a process of its own. */
export function parityOf(
  device: string,
  env: NodeJS.ProcessEnv,
  onDone: (name: string, agreement: Agreement) => void,
): Promise<ParityReport> {
  const child = fileURLToPath(new URL("./_child.ts", import.meta.url));
  const started = spawn(process.execPath, ["--import", "tsx", child, device], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let complaints = "";
  started.stderr.on("data", (text: Buffer) => {
    complaints = (complaints + text.toString()).slice(-2000);
  });
  return new Promise((resolve, reject) => {
    let report: ParityReport | undefined;
    createInterface({ input: started.stdout }).on("line", (text) => {
      const line = JSON.parse(text) as Line;
      if ("report" in line) report = line.report;
      else onDone(line.name, line.agreement);
    });
    started.once("close", (code, signal) => {
      if (report) resolve(report);
      else reject(new Error(`it ended with ${signal ?? code}: ${complaints}`));
    });
  });
}

export const resultsFolder = fileURLToPath(new URL("./results/", import.meta.url));

/** Keeps a report for docs/operators.md when `npm run parity` asks for it. */
export function keepReport(report: ParityReport): void {
  if (process.env.GANYMEDE_PARITY !== "record") return;
  mkdirSync(resultsFolder, { recursive: true });
  const file = join(resultsFolder, `${report.provider}.json`);
  writeAtomic(file, `${JSON.stringify(report, null, 2)}\n`);
}
