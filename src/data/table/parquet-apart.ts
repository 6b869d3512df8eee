import { startThread } from "../../core/thread.ts";
import type { FromReader } from "./parquet-thread.ts";
import type { Table } from "./read.ts";

/** Milliseconds that a file may take, and more for each MiB of it: whole ones take a tenth. */
const patience = 2000;
const perMebibyte = 1000;
const heap = 1500;

/**
 * Reads a Parquet file in a thread that is ended when it takes too long or too much memory: on some
 * damaged files the decoder goes round for ever.
 */
export function readApart(path: string, size: number): Promise<Table> {
  const worker = startThread("./parquet-thread", import.meta.url, {
    workerData: { path, size },
    resourceLimits: { maxOldGenerationSizeMb: heap },
  });
  let timer: NodeJS.Timeout | undefined;
  const done = new Promise<Table>((resolve, reject) => {
    worker.on("message", (message: FromReader) => {
      if (message === "begins") {
        const late = () => reject(new Error("a file whose reading does not end: it is damaged"));
        timer = setTimeout(late, patience + (perMebibyte * size) / 2 ** 20);
      } else if ("table" in message) resolve(message.table);
      else reject(new Error(message.fault));
    });
    worker.once("error", reject);
    worker.once("exit", (code) => reject(new Error(`the reading ended with code ${code}`)));
  });
  return done.finally(() => {
    clearTimeout(timer);
    void worker.terminate();
  });
}
