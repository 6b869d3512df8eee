import { type Fault, GanymedeError } from "../core/errors.ts";

/** An error as plain data, fit to be sent between threads or printed as JSON. */
export interface FaultRecord {
  readonly code: string;
  readonly fault: Fault;
}

/**
 * Any error as one that users may see. What is not a coded error is a defect of ours: it becomes
 * `INTERNAL`, with the name of the file that holds its stack, if one does.
 */
export function toFault(error: unknown, file?: string): FaultRecord {
  if (error instanceof GanymedeError) return { code: error.code, fault: error.fault };
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
