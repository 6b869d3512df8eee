import { join } from "node:path";
import { type Fault, GanymedeError } from "../core/errors.ts";
import { writeAtomic } from "../core/files.ts";

/** An error as plain data, fit to be sent between threads or printed as JSON. */
export interface FaultRecord {
  readonly code: string;
  readonly fault: Fault;
}

/**
 * Any error as one that users may see. What is not a coded error is a defect of ours: it becomes
 * `INTERNAL`, and its stack goes to `crash.txt` in `folder`, not to the terminal.
 */
export function toFault(error: unknown, folder?: string): FaultRecord {
  if (error instanceof GanymedeError) return { code: error.code, fault: error.fault };
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const file = folder === undefined ? undefined : writeStack(folder, stack);
  return {
    code: "INTERNAL",
    fault: {
      where: "ganymede",
      expected: "to handle this",
      got: (error instanceof Error ? error.message : String(error)).split("\n")[0]!,
      fix: `this is a defect of Ganymede, please report it${file ? ` with ${file}` : ""}`,
    },
  };
}

export const fromFault = ({ code, fault }: FaultRecord): GanymedeError =>
  new GanymedeError(code, fault);

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
