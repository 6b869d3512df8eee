import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeAtomic } from "../core/files.ts";
import { type Verdict, verdictOf } from "../metrics/verdict.ts";
import { loadSource } from "./config.ts";
import { type Measuring, openInstruments, type Timed } from "./instruments.ts";
import type { OpenRun } from "./sample.ts";
import { fakeStock } from "./stocks.ts";

/** What was measured of one checkpoint. */
export interface Evaluation {
  readonly run: string;
  readonly step: number;
  readonly scores: readonly Timed[];
  readonly verdict: Verdict;
  readonly date: string;
}

/**
 * Measures the newest checkpoint of a run against its data. Throws what the data source, an
 * extractor or a metric throws; see `openInstruments`.
 */
export async function evaluate(run: OpenRun, asked: Measuring): Promise<Evaluation> {
  const { path, config, checkpoint, game, field, provider } = run;
  const source = (await loadSource(config.data.source)).open(config.data.options);
  const instruments = await openInstruments({ game, source, provider }, asked);
  try {
    const made = { count: asked.samples, seed: asked.seed };
    const scores = await instruments.measure(
      fakeStock({ name: path, game, field }, run.sample, made),
    );
    const classes = Object.values(config.fields).find((f) => f.classes)?.classes?.length;
    const verdict = verdictOf(byMetric(scores), classes);
    return { run: path, step: checkpoint.step, scores, verdict, date: new Date().toISOString() };
  } finally {
    await instruments.dispose();
  }
}

/** Scores by the id of their metric. */
export const byMetric = <S extends { readonly metric: string }>(
  scores: readonly S[],
): Record<string, S> => Object.fromEntries(scores.map((s) => [s.metric, s]));

/** Adds an evaluation to the run's scores.jsonl, one line each, and returns the file. */
export function keepEvaluation(evaluation: Evaluation): string {
  const file = join(evaluation.run, "scores.jsonl");
  const before = existsSync(file) ? readFileSync(file, "utf8") : "";
  writeAtomic(file, `${before}${JSON.stringify(evaluation)}\n`);
  return file;
}
