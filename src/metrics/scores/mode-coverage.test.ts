import { expect, test } from "vitest";
import { givenEvidence, rowsOf } from "../_given.ts";
import { modeCoverage } from "./mode-coverage.ts";

const oracle = {
  field: "point",
  modes: [
    [0, 0],
    [10, 0],
    [0, 10],
    [10, 10],
  ],
  sigma: 1,
};

test("share of modes hit, with the report's parts", async () => {
  const points = [...Array(15).fill([0.5, 0]), ...Array(5).fill([10, 9])];
  const evidence = givenEvidence({}, { items: rowsOf([...points, [5, 5]]) }, { oracle });
  const { value, parts, warnings } = await modeCoverage.measure(evidence);
  expect(value).toBe(0.5);
  expect(parts).toMatchObject({ hit: 2, modes: 4 });
  expect(parts!.highQuality).toBeCloseTo(20 / 21, 12);
  expect(warnings).toBeUndefined();
});

test("few samples are warned of; without a mixture it cannot be had", async () => {
  const few = {
    items: rowsOf([
      [0, 0],
      [10, 10],
    ]),
  };
  const { warnings } = await modeCoverage.measure(givenEvidence({}, few, { oracle }));
  // 4·(3/4)² = 2.25
  expect(warnings![0]).toContain("would miss 2.3");
  await expect(modeCoverage.measure(givenEvidence({}, few))).rejects.toThrow("METRIC_NEEDS");
  const wide = { items: rowsOf([[0, 0, 0]]) };
  await expect(modeCoverage.measure(givenEvidence({}, wide, { oracle }))).rejects.toThrow(
    "METRIC_NEEDS",
  );
});
