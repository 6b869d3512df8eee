import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { GanymedeError } from "../core/errors.ts";
import { type Healthy, sideOf } from "../core/healthy.ts";
import type { ReadingAbout } from "../gan/game.ts";
import { type HealthRecord, RunFolder } from "../train/run-folder.ts";
import type { RunConfig } from "./config.ts";
import type { RecordedCut } from "./recovery.ts";
import { type FailureReport, readReport, reproductionsOf } from "./reproduction.ts";

/** A reading of a run: what it is, and where it stands. */
export interface ReadingState extends ReadingAbout {
  readonly name: string;
  /** Its newest logged value. */
  readonly value?: number;
  readonly side: "below" | "above" | "inside";
}

/** All that a run knows of how it fared. */
export interface RunHealth {
  readonly run: string;
  readonly readings: readonly ReadingState[];
  /** Every look, oldest first. */
  readonly looks: readonly HealthRecord[];
  /** Ticks that were not finite, and where all is kept that runs them again. */
  readonly failures: readonly { readonly folder: string; readonly report: FailureReport }[];
  readonly rateCuts: readonly RecordedCut[];
}

/** Reads what a run wrote of its own health. Throws `NO_RUN` or `RUN_CORRUPT`. */
export function healthOf(path: string): RunHealth {
  const run = RunFolder.open(path);
  const { rateCuts = [] } = run.readConfig() as RunConfig;
  const failures = reproductionsOf(path).map((folder) => ({ folder, report: readReport(folder) }));
  return { run: path, readings: readingsOf(path), looks: run.readHealth(), failures, rateCuts };
}

function readingsOf(path: string): ReadingState[] {
  const file = join(path, "readings.json");
  if (!existsSync(file)) return [];
  const values = newestValues(path);
  return Object.entries(parse(file)).map(([name, about]) => {
    const value = values[name];
    const healthy: Healthy = about.healthy ?? {};
    const side = value === undefined ? "inside" : sideOf(healthy, value);
    return { name, ...about, ...(value !== undefined && { value }), side };
  });
}

function parse(file: string): Record<string, ReadingAbout> {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Record<string, ReadingAbout>;
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : String(cause);
    const fix = "delete it: the run writes it again when it goes on";
    throw new GanymedeError("RUN_CORRUPT", { where: file, expected: "valid JSON", got, fix });
  }
}

/** The last value of each reading in metrics.jsonl: players with a slow cadence speak seldom. */
function newestValues(path: string): Record<string, number> {
  const file = join(path, "metrics.jsonl");
  if (!existsSync(file)) return {};
  const lines = readFileSync(file, "utf8").trimEnd().split("\n").slice(-recent);
  return Object.assign(
    {},
    ...lines.map((line) => {
      try {
        return (JSON.parse(line) as { values: Record<string, number> }).values;
      } catch {
        return {};
      }
    }),
  );
}

/** Ticks that are looked through for the newest value of a reading. */
const recent = 200;
