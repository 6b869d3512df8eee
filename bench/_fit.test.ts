import { expect, it } from "vitest";
import { fitPowerLaw } from "./_fit.ts";

it("finds the exponent and the factor of an exact law, without error", () => {
  const xs = [1, 2, 4, 8];
  const { exponent, error, factor } = fitPowerLaw(
    xs,
    xs.map((x) => 3 * x ** 1.5),
  );
  expect(exponent).toBeCloseTo(1.5, 12);
  expect(factor).toBeCloseTo(3, 12);
  expect(error).toBeLessThan(1e-12);
});

it("gives the slope's standard error", () => {
  // In logarithms to the base e: u = 0, 1, 2 and v = 0, 2, 1; slope 1/2, residuals −1/2, 1, −1/2.
  const { exponent, error } = fitPowerLaw([1, Math.E, Math.E ** 2], [1, Math.E ** 2, Math.E]);
  expect(exponent).toBeCloseTo(0.5, 12);
  expect(error).toBeCloseTo(Math.sqrt(1.5 / 1 / 2), 12);
});

it("refuses what has no logarithm", () => {
  expect(() => fitPowerLaw([1, 2, 3], [1, 0, 2])).toThrow(RangeError);
  expect(() => fitPowerLaw([1, 2], [1, 2])).toThrow(RangeError);
});
