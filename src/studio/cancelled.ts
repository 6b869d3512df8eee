import { GanymedeError } from "../core/errors.ts";

/** What a job throws when nobody waits for it any more. */
export const cancelled = (job: string): GanymedeError =>
  new GanymedeError("CANCELLED", {
    where: job,
    expected: "somebody who waits",
    got: "nobody any more",
    fix: "ask again",
  });
