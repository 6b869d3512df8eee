import { type Asked, type RunConfig, resolveConfig } from "../../app/config.ts";
import type { Job } from "../job.ts";

/** The configuration of a new run, checked. Opens the data, which may have to be decoded first. */
export const plan: Job<Asked, RunConfig> = async (asked, bench) => {
  const onProgress = (_: string, done: number, total?: number) =>
    bench.tell(total === undefined ? 0 : done / total);
  return (await resolveConfig(asked, { onProgress })).config;
};
