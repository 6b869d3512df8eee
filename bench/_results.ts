import { existsSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { writeAtomic } from "../src/core/files.ts";

const fileOf = (name: string) => fileURLToPath(new URL(`./results/${name}.json`, import.meta.url));

export const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
export const median = (values: readonly number[]): number => sorted(values)[values.length >> 1]!;
export const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, v) => sum + Math.log(v), 0) / values.length);

/** The record of an earlier run, or undefined. */
export function readResults<T>(name: string): T | undefined {
  const file = fileOf(name);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as T) : undefined;
}

export function writeResults(name: string, record: object): void {
  writeAtomic(fileOf(name), `${JSON.stringify(record, null, 2)}\n`);
}

/** Where and when. */
export const circumstances = () => ({
  date: new Date().toISOString().slice(0, 10),
  node: process.version,
  processor: cpus()[0]?.model,
});

/** Puts rows in the place of earlier ones with the same key; the order is that of first writing. */
export function mergeRows<R>(
  earlier: readonly R[],
  rows: readonly R[],
  keyOf: (row: R) => string,
): R[] {
  const all = new Map(earlier.map((row) => [keyOf(row), row]));
  for (const row of rows) all.set(keyOf(row), row);
  return [...all.values()];
}
