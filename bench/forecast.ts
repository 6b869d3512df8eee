/**
 * How near the memory that a training is told to need comes to what it holds: `npx tsx bench/forecast.ts`.
 *
 * Each training runs a dozen calls in a process of its own. Writes bench/results/forecast.json.
 */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { ForecastPoint, Training } from "./_forecast-point.ts";
import { circumstances, writeResults } from "./_results.ts";

export interface ForecastRecord {
  readonly points: readonly ForecastPoint[];
}

const trainings: readonly Training[] = [
  { system: "gan-vanilla", options: {} },
  { system: "gan-vanilla", options: { width: 1024 }, chunk: 4 },
  { system: "wgan-gp", options: {}, chunk: 10 },
  { system: "wgan-gp", data: "mnist", options: { width: 32, batch: 64 }, chunk: 2 },
  { system: "dcgan", options: {} },
  { system: "dcgan", options: { width: 64, batch: 16 }, chunk: 2 },
  { system: "dcgan", options: { width: 64, batch: 64 }, chunk: 1 },
  { system: "dcgan", options: { width: 32, batch: 256 }, chunk: 2 },
  { system: "dcgan", options: { width: 128, discriminatorWidth: 128, batch: 16 }, chunk: 1 },
  { system: "r3gan", data: "mnist", options: { batch: 32 }, chunk: 1 },
  { system: "sagan", options: { width: 8, batch: 32 }, chunk: 1 },
  { system: "biggan", options: { width: 8, batch: 32, discriminatorMoves: 1 }, chunk: 1 },
];

/** Measured in a process of its own. */
export function forecastPoint(training: Training): ForecastPoint {
  const file = fileURLToPath(new URL("_forecast-point.ts", import.meta.url));
  const args = ["--import", "tsx", file, JSON.stringify(training)];
  const out = execFileSync(process.execPath, args, { encoding: "utf8" });
  return JSON.parse(out.trim().split("\n").at(-1)!) as ForecastPoint;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const points: ForecastPoint[] = [];
  for (const training of trainings) {
    const point = forecastPoint(training);
    const { system, options, predictedMib, heldMib } = point;
    const ratio = (predictedMib / heldMib).toFixed(2);
    console.log(
      `${system.padEnd(12)} ${JSON.stringify(options).padEnd(58)} predicted ${predictedMib} MiB, held ${heldMib} MiB: ${ratio}`,
    );
    points.push(point);
    writeResults("forecast", { ...circumstances(), points });
  }
}
