import { expect, test } from "vitest";
import { stream } from "../core/random.ts";
import { linearSvm, shareRight, tunedSvm } from "./linear-svm.ts";
import type { Rows } from "./metric.ts";

/** Three classes about corners, of deviation 0.3 in units that differ by a million, and a constant. */
function clouds(count: number, name: string) {
  const noise = stream(1, name).normal(new Float64Array(2 * count));
  const corners = [
    [0, 0],
    [2, 0],
    [0, 2],
  ] as const;
  const labels = Int32Array.from({ length: count }, (_, i) => i % 3);
  const data = new Float64Array(3 * count);
  labels.forEach((c, i) => {
    data[3 * i] = 1000 * (corners[c]![0] + 0.3 * noise[2 * i]!);
    data[3 * i + 1] = 0.001 * (corners[c]![1] + 0.3 * noise[2 * i + 1]!);
    data[3 * i + 2] = 7;
  });
  return { rows: { count, width: 3, data } as Rows, labels };
}

test("one feature, two items, by hand: w = 2·cost·margin loss at the optimum", () => {
  // x = ±1 after scaling, no bias by symmetry: ½w² + 2C(1 − w)², so w = 4C/(1 + 4C), 0 < w < 1: right.
  const rows = { count: 2, width: 1, data: Float64Array.of(3, 5) };
  const svm = linearSvm(rows, [0, 1], { seed: 0 });
  expect([...svm({ count: 3, width: 1, data: Float64Array.of(1, 3.9, 4.1) })]).toEqual([0, 0, 1]);
});

test("separate clouds are told apart whatever the units of the features", () => {
  const [taught, asked] = [clouds(300, "taught"), clouds(300, "asked")];
  const svm = linearSvm(taught.rows, taught.labels, { seed: 0, cost: 10 });
  expect(shareRight(svm, asked)).toBeGreaterThan(0.97);
});

test("labels that have nothing to do with the features are not learnt", () => {
  const [taught, asked] = [clouds(300, "taught"), clouds(300, "asked")];
  const mixed = Int32Array.from(stream(5, "mixed").integers(300, 3));
  const svm = tunedSvm(taught.rows, mixed, { seed: 0, costs: [0.01, 1] });
  expect(shareRight(svm, asked)).toBeLessThan(0.6);
});

test("a seed repeats; rows without classes are refused", () => {
  const { rows, labels } = clouds(60, "taught");
  const say = () => [...linearSvm(rows, labels, { seed: 2, passes: 3 })(rows)];
  expect(say()).toEqual(say());
  expect(() => linearSvm(rows, [0], { seed: 0 })).toThrow(/METRIC_INPUT/);
});
