import { expect, test } from "vitest";
import { stream } from "../../core/random.ts";
import { intraFidOf, type Labelled } from "./intra-fid.ts";

/** Two classes in turns, class 1 moved by `gap` along the first axis. */
function twoClasses(count: number, gap: number, name: string): Labelled {
  const data = stream(1, name).normal(new Float64Array(count * 2));
  const labels = Int32Array.from({ length: count }, (_, i) => i % 2);
  labels.forEach((label, i) => {
    data[2 * i] = data[2 * i]! + label * gap;
  });
  return { features: { count, width: 2, data }, labels };
}

test("each class by itself, then their mean", () => {
  const [real, fake] = [twoClasses(80, 0, "a"), twoClasses(80, 4, "a")];
  const { value, parts, warnings } = intraFidOf(real, fake, { classes: ["sock", "shoe"] });
  expect(parts!["class sock"]).toBe(0);
  expect(parts!["class shoe"]).toBeCloseTo(16, 9);
  expect(value).toBeCloseTo(8, 9);
  expect(warnings).toBeUndefined();
});

test("swapped classes, which FID cannot see", () => {
  const real = twoClasses(80, 10, "a");
  const swapped = { ...real, labels: real.labels.map((label) => 1 - label) };
  expect(intraFidOf(real, swapped).value).toBeGreaterThan(50);
});

test("warns of few items, by class", () => {
  const { warnings } = intraFidOf(twoClasses(80, 0, "a"), twoClasses(4, 0, "b"));
  expect(warnings).toHaveLength(1);
  expect(warnings![0]).toMatch(/^Of classes 0, 1 there are few items/);
});

test("refuses a class with fewer than two items on a side, naming it", () => {
  const real = twoClasses(80, 0, "a");
  const labels = real.labels.map((_, i) => (i === 5 ? 1 : 0));
  expect(() => intraFidOf(real, { ...real, labels }, { classes: ["sock", "shoe"] })).toThrow(
    /class shoe.*METRIC_LABELS.*two fake items.*got 1/,
  );
  const other = { ...real, labels: real.labels.map(() => 3) };
  expect(() => intraFidOf(other, real)).toThrow(/class 0.*METRIC_LABELS.*two real items.*got 0/);
});

test("refuses labels that do not fit the rows", () => {
  const real = twoClasses(8, 0, "a");
  const short = { ...real, labels: real.labels.subarray(1) };
  expect(() => intraFidOf(real, short)).toThrow(/METRIC_LABELS.*8 labels, got 7/);
  const negative = { ...real, labels: real.labels.map(() => -1) };
  expect(() => intraFidOf(real, negative)).toThrow(/METRIC_LABELS.*-1 for item 0/);
});
