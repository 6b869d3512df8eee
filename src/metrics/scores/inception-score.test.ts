import { expect, test } from "vitest";
import { stream } from "../../core/random.ts";
import { givenEvidence, rowsOf } from "../_given.ts";
import type { Rows } from "../metric.ts";
import { inceptionScore, inceptionScoreOf, inceptionScores } from "./inception-score.ts";

/** Certain of classes 0 … k − 1 in turn. */
const certain = (count: number, k: number): Rows =>
  rowsOf(
    Array.from({ length: count }, (_, i) =>
      Array.from({ length: k }, (_, c) => (c === i % k ? 1 : 0)),
    ),
  );

test("k classes, each certain and equally often: exactly k; one class or no idea: exactly 1", () => {
  expect(inceptionScores(certain(1000, 10), 1)[0]).toBeCloseTo(10, 9);
  expect(inceptionScores(certain(30, 1), 1)[0]).toBeCloseTo(1, 12);
  const vague = rowsOf(Array.from({ length: 40 }, () => [0.25, 0.25, 0.25, 0.25]));
  expect(inceptionScores(vague, 1)[0]).toBeCloseTo(1, 9);
});

test("two classes at 0.9 against 0.1: exp(ln 2 − H(0.9)), in every split", () => {
  const rows = rowsOf(Array.from({ length: 400 }, (_, i) => (i % 2 ? [0.9, 0.1] : [0.1, 0.9])));
  const entropy = -(0.9 * Math.log(0.9) + 0.1 * Math.log(0.1));
  for (const score of inceptionScores(rows, 4)) {
    expect(score).toBeCloseTo(2 * Math.exp(-entropy), 9);
  }
});

test("the record: mean over 10 splits, its error and the papers' ±, both entropies, a warning", async () => {
  const u = stream(2, "u").uniform(new Float64Array(2000));
  const rows = rowsOf(Array.from(u, (v) => [v, 1 - v]));
  const splits = inceptionScores(rows, 10);
  const mean = splits.reduce((a, b) => a + b, 0) / 10;
  const deviation = Math.sqrt(splits.reduce((a, b) => a + (b - mean) ** 2, 0) / 10);
  const score = await inceptionScore.measure(givenEvidence({}, { probabilities: rows }));
  expect(score.value).toBeCloseTo(mean, 12);
  expect(score.parts!.splitDeviation).toBeCloseTo(deviation, 12);
  expect(score.standardError).toBeCloseTo(deviation / 3, 12);
  // u uniform: H(y|x) has the mean 1/2 nat, the marginal is even.
  expect(Math.abs(score.parts!.conditionalEntropy! - 0.5)).toBeLessThan(0.015);
  expect(Math.abs(score.parts!.marginalEntropy! - Math.LN2)).toBeLessThan(1e-3);
  expect(score.warnings).toHaveLength(1);
  expect(inceptionScoreOf(certain(5000, 10)).warnings).toBeUndefined();
});

test("logits, NaN and nothing are errors", () => {
  expect(() => inceptionScoreOf(rowsOf([[3, -1]]))).toThrow("METRIC_INPUT");
  expect(() => inceptionScoreOf(rowsOf([[0.7, 0.7]]))).toThrow("METRIC_INPUT");
  expect(() => inceptionScoreOf(rowsOf([[Number.NaN, 1]]))).toThrow("METRIC_INPUT");
  expect(() => inceptionScoreOf({ count: 0, width: 2, data: new Float64Array() })).toThrow(
    "METRIC_INPUT",
  );
});
