import { evaluateExpression, neighboursOf } from "../../app/arithmetic.ts";
import { type Items, itemsOf } from "../items.ts";
import type { Job } from "../job.ts";
import { classOf, type Pin, referenceOf } from "../pins.ts";
import { makeItems } from "../sampling.ts";

export interface ArithmeticAsked {
  readonly path: string;
  readonly checkpoint?: number | undefined;
  readonly truncation: number;
  /** Groups of pins, each with how often it counts; below 0 it is taken away. */
  readonly terms: readonly { readonly weight: number; readonly pins: readonly Pin[] }[];
  /** Brings the result to the usual length of normal codes. */
  readonly renormalise: boolean;
  /** The class of all pictures, where there are classes. */
  readonly label?: number | undefined;
}

export interface ArithmeticAbout {
  /** The result's code. */
  readonly code: readonly number[];
}

/** The mean of each group, the result, and eight neighbours of the result, in this order. */
export const arithmetic: Job<
  ArithmeticAsked,
  { readonly items: Items; readonly about: ArithmeticAbout }
> = async ({ path, checkpoint, truncation, terms, renormalise, label }, bench) => {
  const run = await bench.open(path, checkpoint);
  const expression = terms.map(({ weight, pins }) => ({
    weight,
    group: pins.map((pin) => referenceOf(run, pin)),
  }));
  const asked = { seed: 0, truncation, renormalise };
  const { averages, result } = await evaluateExpression(run, expression, asked);
  const around = neighboursOf(run, result, { seed: 0, spread: 0.25 });
  const codes = Float32Array.of(...averages, ...result, ...around);
  const labels = run.game.sampler.classes ? { labels: [classOf(run, label ?? 0)] } : {};
  const request = { seed: 0, count: codes.length / result.length, codes, ...labels };
  const items = itemsOf(run, await makeItems(bench, run, request));
  return { items, about: { code: [...result] } };
};
