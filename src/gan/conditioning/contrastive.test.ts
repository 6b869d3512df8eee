import { expect, test } from "vitest";
import { constant } from "../../engine/ir/leaves.ts";
import { evaluate } from "../../engine/reference/evaluate.ts";
import { conditionalContrast } from "./contrastive.ts";
import { dataToDataEntropy } from "./data-to-data.ts";

const rows = (...values: number[][]) =>
  constant(Float64Array.from(values.flat()), [values.length, values[0]!.length]);

/** Items at 0°, 90° and 180° of classes 0, 0 and 1, whose vectors are at 0° and 90°. */
const embedded = {
  h: rows([1, 0], [0, 1], [-1, 0]),
  e: rows([1, 0], [1, 0], [0, 1]),
  label: constant([0, 0, 1], [3], "i32"),
};
const value = (loss: ReturnType<typeof conditionalContrast>) => evaluate([loss], {})[0]!.data[0]!;

test("2C by hand: shares 3.72/(3.72 + 0.37), 2/3 and 1/2.37", () => {
  // ⟨h, e⟩ = 1, 0, 0; ⟨h₀, h₁⟩ = 0, ⟨h₀, h₂⟩ = −1, ⟨h₁, h₂⟩ = 0
  const e = Math.E;
  const shares = [(e + 1) / (e + 1 + 1 / e), 2 / 3, 1 / (1 + 1 / e + 1)];
  const expected = -shares.reduce((sum, s) => sum + Math.log(s), 0) / 3;
  expect(value(conditionalContrast(embedded, 1))).toBeCloseTo(expected, 12);
  expect(value(conditionalContrast(embedded, 0.1))).toBeGreaterThan(0);
});

test("D2D-CE by hand: only items of other classes count, and easy pairs let go", () => {
  const o = { temperature: 0.5, positive: 0.5, negative: -0.5 };
  // [⟨h, e⟩ − 0.5]₋/0.5 = 0, −1, −1; over others [⟨h, h'⟩ + 0.5]₊/0.5 = {0}, {1}, {0, 1}
  const terms = [
    Math.log(1 + 1),
    Math.log(Math.exp(-1) + Math.E) + 1,
    Math.log(Math.exp(-1) + 1 + Math.E) + 1,
  ];
  const expected = terms.reduce((a, b) => a + b, 0) / 3;
  expect(value(dataToDataEntropy(embedded, o))).toBeCloseTo(expected, 12);
});

test("D2D-CE is bounded below by what one hard pair less leaves: moving apart others helps", () => {
  const o = { temperature: 0.5, positive: 0.98, negative: 0.02 };
  const apart = { ...embedded, h: rows([1, 0], [1, 0], [-1, 0]) };
  expect(value(dataToDataEntropy(apart, o))).toBeLessThan(value(dataToDataEntropy(embedded, o)));
});
