import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { env, listSupportedBackends } from "onnxruntime-node";
import { GanymedeError } from "../../core/errors.ts";

/** The version of the native runtime. */
export const runtimeVersion = (): string => env.versions.node ?? env.versions.common;

export interface ProviderReport {
  readonly id: string;
  /** Whether it compiled and ran a small graph here. */
  readonly starts: boolean;
  /** Why not. */
  readonly reason?: string;
  /** GFLOP/s of a product of matrices, which tells an adapter in software from a device. */
  readonly gflops?: number;
}

/** Tries every provider that this build of the runtime knows of, one after the other. */
export async function nativeProviders(): Promise<ProviderReport[]> {
  const reports: ProviderReport[] = [];
  for (const { name } of listSupportedBackends()) reports.push(await probeProvider(name));
  return reports;
}

/** Longer than any driver takes to start. */
const patience = 20_000;

/** Starts a provider in a process of its own, and times it. */
export function probeProvider(id: string): Promise<ProviderReport> {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const entry = fileURLToPath(new URL(`./probe-provider.${extension}`, import.meta.url));
  const loader = extension === "ts" ? ["--import", import.meta.resolve("tsx")] : [];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...loader, entry, id], {
      stdio: ["ignore", "pipe", "ignore"],
      timeout: patience,
    });
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.once("error", (error) => resolve({ id, starts: false, reason: error.message }));
    child.once("close", (code, signal) => {
      if (code === 0) resolve({ id, starts: true, gflops: Number(said) });
      else
        resolve({
          id,
          starts: false,
          reason: briefReason(said) || `it ended with ${signal ?? code}`,
        });
    });
  });
}

/** What went wrong, without the source positions that native errors begin with. */
export function briefReason(error: unknown): string {
  const told = error instanceof GanymedeError ? error.fault.got : error;
  const line = (told instanceof Error ? told.message : String(told))
    .split("\n")[0]!
    .replace(/^.*was false\.\s*/, "")
    .replace(/^(Error|Ort\w+): /, "");
  return line.length > 160 ? `${line.slice(0, 160)}…` : line;
}
