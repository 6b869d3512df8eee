import { type Branch, branchRun } from "../../app/branch.ts";
import type { RunConfig } from "../../app/config.ts";
import type { Job } from "../job.ts";

/** A new run of a checkpoint of another: large checkpoints take a while to copy. */
export const branch: Job<Branch, { readonly config: RunConfig; readonly step: number }> = (asked) =>
  branchRun(asked);
