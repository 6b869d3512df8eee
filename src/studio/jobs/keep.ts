import type { Job } from "../job.ts";
import { classOf, keepCode } from "../pins.ts";
import { codesFrom } from "../sampling.ts";

export interface KeepAsked {
  readonly path: string;
  readonly code: readonly number[];
  readonly label?: number | undefined;
}

/** Keeps a code in the run's folder. Throws `CODES_SHAPE`. */
export const keep: Job<KeepAsked, { readonly item: string }> = async (
  { path, code, label },
  bench,
) => {
  const run = await bench.open(path);
  const known = label !== undefined && run.game.sampler.classes ? classOf(run, label) : undefined;
  return { item: await keepCode(run, codesFrom(run, [code]), known) };
};
