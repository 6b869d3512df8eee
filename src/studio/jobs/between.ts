import type { Codes } from "../../app/codes.ts";
import { requestBetween } from "../../app/interpolate.ts";
import type { OpenRun } from "../../app/sample.ts";
import type { Path } from "../../train/journey.ts";
import { type Items, itemsOf } from "../items.ts";
import type { Job } from "../job.ts";
import { classOf, codesOfPins, type Pin } from "../pins.ts";
import { makeItems } from "../sampling.ts";

export interface BetweenAsked {
  readonly path: string;
  readonly checkpoint?: number | undefined;
  readonly truncation: number;
  /** The keys, two or more; of one, with `classes`, the code that is shown as each of them. */
  readonly pins: readonly Pin[];
  readonly classes?: readonly number[] | undefined;
  /** Pictures from one key to the next. */
  readonly perLeg: number;
  readonly loop: boolean;
  /** By the distribution of each part of the code when absent. */
  readonly way?: Path | undefined;
}

/** Pictures on the way from pin to pin, or of one code from class to class. */
export const between: Job<BetweenAsked, { readonly items: Items; readonly about: object }> = async (
  asked,
  bench,
) => {
  const run = await bench.open(asked.path, asked.checkpoint);
  const found = await codesOfPins(run, asked.pins, asked.truncation);
  const keys = asked.classes ? throughClasses(run, found, asked.classes) : found;
  const { perLeg, loop, way } = asked;
  const request = requestBetween(run, keys, { perLeg, loop, ...(way && { path: way }) });
  return { items: itemsOf(run, await makeItems(bench, run, request)), about: {} };
};

function throughClasses(run: OpenRun, { codes }: Codes, classes: readonly number[]): Codes {
  const { size } = run.sampler.layout;
  const keys = new Float32Array(classes.length * size);
  const labels = classes.map((label, i) => {
    keys.set(codes.subarray(0, size), i * size);
    return classOf(run, label);
  });
  return { codes: keys, count: classes.length, labels };
}
