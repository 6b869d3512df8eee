import { GanymedeError } from "../../core/errors.ts";

/** A call that a device did not finish: `DEVICE_LOST`. */
export function deviceLost(id: string, cause: unknown): GanymedeError {
  const fault = {
    where: id,
    expected: "a call that the device finishes",
    got: cause instanceof Error ? cause.message : String(cause),
    fix: "resume the run: with a smaller batch, or with --device cpu, if it happens again",
  };
  return new GanymedeError("DEVICE_LOST", fault, { cause });
}
