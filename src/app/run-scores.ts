import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { comparable, type ScoreRecord } from "../metrics/score-record.ts";
import { loadMetric } from "./instruments.ts";

/** A score and the step whose weights had it. */
export interface StepScore {
  readonly step: number;
  readonly score: ScoreRecord;
}

/** All scores of a run's scores.jsonl in the order in which they were taken; none where it has none. */
export function scoresOf(run: string): StepScore[] {
  return readLines(join(run, "scores.jsonl")).flatMap((line) => {
    const { step, scores } = line as { step: number; scores?: readonly ScoreRecord[] };
    const whole = (scores ?? []).filter(
      ({ metric, value, samples }) => metric && samples && Number.isFinite(value),
    );
    return whole.map((score) => ({ step, score }));
  });
}

/**
 * The best score by a metric among those that may be compared with the newest. The metric of the
 * newest scores where none is named.
 */
export async function bestScore(run: string, metric?: string): Promise<StepScore | undefined> {
  const all = scoresOf(run);
  const newest = all.at(-1);
  const first = all.find(({ step }) => step === newest?.step);
  const id = metric ?? first?.score.metric;
  const last = all.findLast(({ score }) => score.metric === id);
  if (!last) return undefined;
  const { better } = await loadMetric(last.score.metric);
  const sign = better === "lower" ? 1 : -1;
  return all
    .filter(({ score }) => comparable(score, last.score))
    .reduce((best, one) => (sign * one.score.value < sign * best.score.value ? one : best));
}

/** The newest values of what a run logs. */
export function readingsOf(run: string): Readonly<Record<string, number>> {
  const rows = readLines(join(run, "metrics.jsonl")).slice(-200);
  return Object.assign({}, ...rows.map((row) => (row as { values?: object }).values ?? {}));
}

/** Lines of JSON objects; a line that was cut off by a crash is left out. */
function readLines(file: string): object[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line) => {
      try {
        const value = JSON.parse(line) as unknown;
        return typeof value === "object" && value !== null ? [value] : [];
      } catch {
        return [];
      }
    });
}
