import { join } from "node:path";
import { GanymedeError } from "../core/errors.ts";
import { writeAtomic } from "../core/files.ts";
import { type FaultRecord, toFault } from "./faults.ts";

/** As `toFault`; the stack of a defect of ours goes to `crash.txt` in `folder`, not to the terminal. */
export function keptFault(error: unknown, folder: string): FaultRecord {
  if (error instanceof GanymedeError) return toFault(error);
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return toFault(error, writeStack(folder, stack));
}

function writeStack(folder: string, stack: string): string | undefined {
  const file = join(folder, "crash.txt");
  try {
    writeAtomic(file, `${stack}\n`);
    return file;
  } catch {
    // The folder may be what failed; the message alone must do.
    return undefined;
  }
}
