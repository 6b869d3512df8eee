import { z } from "zod";
import type { OpenRun } from "../app/sample.ts";
import { GanymedeError } from "../core/errors.ts";
import { type SampleRequest, Sampler } from "../train/sampler.ts";
import type { Bench } from "./job.ts";
import { classOf, codesOfPins, pinShape } from "./pins.ts";

/** Items of one answer. */
export const mostItems = 1024;

/** What every question about a run's items says. */
export const runShape = z.object({
  /** The step of a checkpoint; the newest when absent. */
  checkpoint: z.int().min(0).optional(),
  /** ψ of the codes that are drawn of a seed. */
  truncation: z.number().min(0).max(4).default(1),
});

/** Which items: those of a seed, those that were pinned, or those of codes. */
export const itemsShape = z.union([
  z.object({
    seed: z.int().min(0),
    from: z.int().min(0).optional(),
    count: z.int().min(1).max(mostItems),
    /** All of one class; one class after the other when absent. */
    label: z.int().min(0).optional(),
  }),
  z.object({ pins: z.array(pinShape).min(1).max(mostItems) }),
  z.object({
    /** One row an item. */
    codes: z.array(z.array(z.number()).min(1)).min(1).max(mostItems),
    label: z.int().min(0).optional(),
  }),
]);

export type AskedItems = z.output<typeof itemsShape>;

/** The question as samplers understand it: all codes are said. */
export async function requestFor(
  run: OpenRun,
  asked: AskedItems,
  truncation: number,
): Promise<SampleRequest & { readonly codes: Float32Array }> {
  const labelled = run.game.sampler.classes !== undefined;
  if ("pins" in asked) {
    return { seed: 0, ...(await codesOfPins(run, asked.pins, truncation)) };
  }
  const labels = (count: number, first: number) =>
    labelled && {
      labels: Array.from({ length: count }, (_, i) =>
        asked.label === undefined ? run.sampler.label({}, first + i) : classOf(run, asked.label),
      ),
    };
  if ("codes" in asked) {
    const codes = codesFrom(run, asked.codes);
    return { seed: 0, count: asked.codes.length, codes, ...labels(asked.codes.length, 0) };
  }
  const { seed, from = 0, count } = asked;
  const codes = run.sampler.codes({ seed, from, count, truncation });
  return { seed, count, codes, ...labels(count, from) };
}

/** Codes from rows of numbers. Throws `CODES_SHAPE`. */
export function codesFrom(
  { path, sampler }: OpenRun,
  rows: readonly (readonly number[])[],
): Float32Array {
  const { size } = sampler.layout;
  const wrong = rows.find((row) => row.length !== size);
  if (!wrong) return Float32Array.from(rows.flat());
  throw new GanymedeError("CODES_SHAPE", {
    where: path,
    expected: `codes of ${size} numbers`,
    got: `one of ${wrong.length}`,
    fix: "take codes of this run",
  });
}

/** Items of a call: a sampler of 64 would make 64 where one is looked at. */
const blockFor = (count: number): number => (count === 1 ? 1 : count <= 24 ? 8 : 64);

/** Makes items with a sampler of fitting size, which stays with the open run. */
export async function makeItems(
  bench: Bench,
  run: OpenRun,
  request: SampleRequest,
): Promise<Float32Array> {
  const blend = request.towards !== undefined;
  const block = blockFor(request.count);
  const sampler = await bench.kept(run, `sampler ${block}${blend ? " blend" : ""}`, async () => {
    return new Sampler(run.game, run.variables, run.provider, block, { blend });
  });
  return sampler.sample(run.value, request);
}
