import { expect, test } from "vitest";
import { givenEvidence, rowsOf } from "../_given.ts";
import { amParts, amScore } from "./am-score.ts";

/** `ones` certain rows of class 0 and `twos` of class 1. */
const certain = (ones: number, twos: number) =>
  rowsOf([
    ...Array.from({ length: ones }, () => [1, 0]),
    ...Array.from({ length: twos }, () => [0, 1]),
  ]);

test("clear fakes in the data's proportions: exactly 0", () => {
  const { entropy, divergence } = amParts(certain(30, 10), certain(60, 20));
  expect(entropy).toBe(0);
  expect(divergence).toBeCloseTo(0, 12);
});

test("wrong proportions by hand: KL((3/4, 1/4) ‖ (1/2, 1/2)); the order of sides matters", () => {
  const { divergence } = amParts(certain(30, 10), certain(20, 20));
  expect(divergence).toBeCloseTo(0.75 * Math.log(1.5) + 0.25 * Math.log(0.5), 12);
  const back = amParts(certain(20, 20), certain(30, 10)).divergence;
  expect(back).toBeCloseTo(0.5 * Math.log(2 / 3) + 0.5 * Math.log(2), 12);
});

test("vague fakes pay their entropy", () => {
  const vague = rowsOf(Array.from({ length: 8 }, () => [0.5, 0.5]));
  const { entropy, divergence } = amParts(certain(4, 4), vague);
  expect(entropy).toBeCloseTo(Math.LN2, 12);
  expect(divergence).toBeCloseTo(0, 12);
});

test("a class that is never made: finite, named in a warning", async () => {
  const evidence = givenEvidence(
    { probabilities: certain(50, 50) },
    { probabilities: certain(80, 0) },
    { classes: ["cat", "dog"] },
  );
  const score = await amScore.measure(evidence);
  expect(score.value).toBeCloseTo(0.5 * Math.log(0.5) + 0.5 * Math.log(0.5 / 1e-10), 9);
  expect(score.warnings![0]).toContain("dog");
  expect(score.warnings![0]).not.toContain("cat");
});

test("interval about the value; different classes are an error", async () => {
  const evidence = givenEvidence(
    { probabilities: certain(200, 200) },
    { probabilities: certain(260, 140) },
  );
  const { value, interval, standardError } = await amScore.measure(evidence);
  expect(interval![0]).toBeLessThan(value);
  expect(interval![1]).toBeGreaterThan(value);
  // By the delta method: |ln-ratio slope| · deviation of the share, (0.65 − 0.5)/(0.65·0.35)·0.0238.
  const byHand = ((0.65 - 0.5) / (0.65 * 0.35)) * Math.sqrt((0.65 * 0.35) / 400);
  expect(Math.abs(standardError! / byHand - 1)).toBeLessThan(0.2);
  expect(() => amParts(certain(3, 3), rowsOf([[1, 0, 0]]))).toThrow("METRIC_INPUT");
});
