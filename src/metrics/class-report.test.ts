import { describe, expect, test } from "vitest";
import { classReport, entropy } from "./class-report.ts";

/** One row: `sure` for class `best`, the rest spread evenly over the others. */
const row = (best: number, sure: number, classes = 10) =>
  Array.from({ length: classes }, (_, c) => (c === best ? sure : (1 - sure) / (classes - 1)));

/** Probabilities of so many classes, row after row. */
const said = (values: readonly number[], width = 10) => ({
  count: values.length / width,
  width,
  data: Float64Array.from(values),
});

describe("classReport", () => {
  test("counts the sure ones and the share of each class", () => {
    const rows = [row(0, 0.95), row(0, 0.95), row(3, 0.5), row(7, 0.91)];
    const report = classReport(said(rows.flat()));
    expect(report.count).toBe(4);
    expect(report.sure).toBe(0.75);
    expect(report.shares).toEqual([0.5, 0, 0, 0.25, 0, 0, 0, 0.25, 0, 0]);
    expect(report.sureShares).toEqual([0.5, 0, 0, 0, 0, 0, 0, 0.25, 0, 0]);
    expect(report.smallestShare).toBe(0);
  });

  test("a confidence of exactly the threshold is sure", () => {
    const report = classReport(said([0.9, 0.1, 0.25, 0.75], 2));
    expect(report.sure).toBe(0.5);
  });

  test("certain and even: no doubt about a sample, all about the class", () => {
    const rows = Array.from({ length: 10 }, (_, c) => row(c, 1));
    const report = classReport(said(rows.flat()));
    expect(report.sampleEntropy).toBe(0);
    expect(report.classEntropy).toBeCloseTo(Math.log(10), 12);
    expect(report.smallestShare).toBe(0.1);
  });

  test("a classifier that guesses: all doubt about each sample", () => {
    const report = classReport(said(new Array(30).fill(0.1)));
    expect(report.sampleEntropy).toBeCloseTo(Math.log(10), 12);
    expect(report.sure).toBe(0);
  });

  test("collapse to one class: no doubt about anything", () => {
    const report = classReport(said([row(4, 1), row(4, 1)].flat()));
    expect(report.classEntropy).toBe(0);
    expect(report.shares[4]).toBe(1);
  });
});

test("entropy of a fair and of a loaded coin", () => {
  expect(entropy([0.5, 0.5])).toBeCloseTo(Math.LN2, 14);
  expect(entropy([1, 0])).toBe(0);
  expect(entropy([0.25, 0.75])).toBeCloseTo(0.25 * Math.log(4) + 0.75 * Math.log(4 / 3), 14);
});
