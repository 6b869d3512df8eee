import { parentPort, workerData } from "node:worker_threads";
import { readParquet } from "./parquet.ts";
import type { Table } from "./read.ts";

/** What the reading thread says: once that it begins, then what came of it. */
export type FromReader = "begins" | { readonly table: Table } | { readonly fault: string };

const say = (message: FromReader): void => parentPort?.postMessage(message);
const { path, size } = workerData as { path: string; size: number };
say("begins");
try {
  say({ table: await readParquet(path, size) });
} catch (error) {
  say({ fault: error instanceof Error ? error.message : String(error) });
}
