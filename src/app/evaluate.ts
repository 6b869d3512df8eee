import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeAtomic } from "../core/files.ts";
import { classesOf } from "../data/source.ts";
import { type Verdict, verdictOf } from "../metrics/verdict.ts";
import { openData } from "./config.ts";
import { type Measurement, type Measuring, openInstruments } from "./instruments.ts";
import type { OpenRun } from "./sample.ts";
import { fakeStock } from "./stocks.ts";

/** What was measured of one checkpoint. */
export interface Evaluation extends Measurement {
  readonly run: string;
  readonly step: number;
  readonly verdict: Verdict;
  readonly date: string;
}

/**
 * Measures the newest checkpoint of a run against its data. Throws what the data source, an
 * extractor or a metric throws; see `openInstruments`.
 */
export async function evaluate(run: OpenRun, asked: Measuring): Promise<Evaluation> {
  const { path, config, checkpoint, game, field, provider } = run;
  const source = await openData(config.data);
  const instruments = await openInstruments({ game, source, provider }, asked);
  try {
    const made = { count: asked.samples, seed: asked.seed };
    const measured = await instruments.measure(
      fakeStock({ name: path, game, field }, run.sample, made),
    );
    const classes = classesOf(config.fields)?.length;
    const date = new Date().toISOString();
    const verdict = verdictFor(measured, classes);
    return { run: path, step: checkpoint.step, ...measured, verdict, date };
  } finally {
    await instruments.dispose();
  }
}

/** @param classes of the data, where they are known */
export const verdictFor = ({ scores, silent }: Measurement, classes?: number): Verdict =>
  verdictOf(
    Object.fromEntries(scores.map((s) => [s.metric, s])),
    classes,
    silent.map(({ code }) => code),
  );

/** Adds an evaluation to the run's scores.jsonl, one line each, and returns the file. */
export function keepEvaluation(evaluation: Evaluation): string {
  const file = join(evaluation.run, "scores.jsonl");
  const before = existsSync(file) ? readFileSync(file, "utf8") : "";
  writeAtomic(file, `${before}${JSON.stringify(evaluation)}\n`);
  return file;
}
