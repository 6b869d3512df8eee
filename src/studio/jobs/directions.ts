import { type DirectionMethod, type Directions, findDirections } from "../../app/directions.ts";
import type { Job } from "../job.ts";
import { classOf, codesOfPins, type Pin } from "../pins.ts";

export interface DirectionsAsked {
  readonly path: string;
  readonly checkpoint?: number | undefined;
  readonly truncation: number;
  /** What is to be moved. */
  readonly pin: Pin;
  readonly method: DirectionMethod;
  readonly count: number;
}

/** A code and what it may be moved along. */
export interface DirectionsAbout {
  readonly code: readonly number[];
  readonly label?: number;
  /** Unit vectors, one row a direction, the strongest first. */
  readonly vectors: readonly (readonly number[])[];
  readonly stretches: readonly number[];
}

export const directions: Job<DirectionsAsked, DirectionsAbout> = async (asked, bench) => {
  const { path, checkpoint, truncation, pin, method, count } = asked;
  const run = await bench.open(path, checkpoint);
  const { codes, labels } = await codesOfPins(run, [pin], truncation);
  const label = labels && classOf(run, labels[0]!);
  const name = `directions ${method} ${count} ${label}`;
  const found: Directions = await bench.kept(run, name, () =>
    findDirections(run, method, { count, ...(label !== undefined && { label }) }),
  );
  const { size } = run.sampler.layout;
  return {
    code: [...codes],
    ...(label !== undefined && { label }),
    vectors: found.stretches.map((_, k) => [...found.vectors.subarray(k * size, (k + 1) * size)]),
    stretches: found.stretches,
  };
};
