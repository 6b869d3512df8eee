import { expect, test } from "vitest";
import { stream } from "../../core/random.ts";
import { givenEvidence, rowsOf } from "../_given.ts";
import type { Rows } from "../metric.ts";
import { nearestNeighbours, nearness } from "./nearest-neighbours.ts";

const cloud = (count: number, name: string, width = 3): Rows => ({
  count,
  width,
  data: stream(4, name).normal(new Float64Array(width * count)),
});
const ask = (real: Rows, fake: Rows) =>
  nearestNeighbours.measure(givenEvidence({ features: real }, { features: fake }));

test("distances by hand on the line", () => {
  const { real, fake } = nearness(rowsOf([[0], [1], [5]]), rowsOf([[0.2], [9]]));
  expect([...real]).toEqual([1, 1, 4]);
  expect([...fake]).toEqual([expect.closeTo(0.2, 12), 4]);
});

test("fresh data: ratio 1 and 1 % copies, within sampling error; no warning", async () => {
  const { value, interval, parts, warnings } = await ask(cloud(2000, "a"), cloud(2000, "b"));
  expect(interval![0]).toBeLessThan(1.03);
  expect(interval![1]).toBeGreaterThan(0.97);
  expect(Math.abs(value - 1)).toBeLessThan(0.05);
  expect(parts!.copies!).toBeLessThan(0.02);
  expect(warnings).toBeUndefined();
});

test("a generator that repeats a third of its training data is found out", async () => {
  const real = cloud(1500, "a");
  const fake = cloud(1500, "b");
  fake.data.set(real.data.subarray(0, 3 * 500));
  const { value, parts, warnings } = await ask(real, fake);
  expect(value).toBeLessThan(0.85);
  expect(Math.abs(parts!.copies! - 1 / 3)).toBeLessThan(0.02);
  expect(warnings![0]).toContain("suspected copies");
});

test("data of doubles only: still finite; bad input is an error", async () => {
  const real = rowsOf([[0], [0], [1], [1]]);
  const { value, parts } = await ask(real, rowsOf([[0], [3]]));
  expect([value, parts!.copies]).toEqual([1, 0.5]);
  await expect(ask(rowsOf([[1], [1], [1]]), real)).rejects.toThrow("METRIC_DEGENERATE");
  await expect(ask(real, rowsOf([[Number.NaN]]))).rejects.toThrow("METRIC_INPUT");
});
