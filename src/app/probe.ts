import { classesOf } from "../data/source.ts";
import type { SampleRequest } from "../train/sampler.ts";
import type { RunConfig } from "./config.ts";
import { keepEvaluation, verdictFor } from "./evaluate.ts";
import { openInstruments, type Subject } from "./instruments.ts";
import { fakeStock } from "./stocks.ts";

/** Measures a generator that is being trained. */
export interface Probe {
  /** Values by metric; the whole scores go to the run's scores.jsonl. */
  measure(
    step: number,
    sample: (request: SampleRequest) => Promise<Float32Array>,
  ): Promise<Readonly<Record<string, number>>>;
  dispose(): Promise<void>;
}

/** Seed of the samples that are measured on the way: always the same codes. */
const seed = 2;

/** Data that samples are compared with: as many at most, so that a measurement takes seconds. */
const reference = 10_000;

/** Undefined where a run is to be measured at its end only, if at all. */
export async function openProbe(
  subject: Subject,
  { measure }: RunConfig,
  path: string,
): Promise<Probe | undefined> {
  if (!measure) return undefined;
  const { metrics, samples } = measure;
  const instruments = await openInstruments(subject, { metrics, samples, reference, seed });
  const { game, source } = subject;
  const field = source.fields[game.field]!;
  const classes = classesOf(source.fields)?.length;
  return {
    async measure(step, sample) {
      const made = { count: samples, seed };
      const stock = fakeStock({ name: path, game, field }, sample, made);
      const measured = await instruments.measure(stock);
      const verdict = verdictFor(measured, classes);
      keepEvaluation({ run: path, step, ...measured, verdict, date: new Date().toISOString() });
      return Object.fromEntries(measured.scores.map((s) => [s.metric, s.value]));
    },
    dispose: () => instruments.dispose(),
  };
}
