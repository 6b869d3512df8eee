import { expect, test } from "vitest";
import { constant } from "../../engine/ir/leaves.ts";
import { evaluate } from "../../engine/reference/evaluate.ts";
import { leastSquares } from "./least-squares.ts";

const at = (values: readonly number[]) => constant(Float64Array.from(values), [values.length]);

test("by hand: squared distances from the labels, halved", () => {
  const { discriminator, generator } = leastSquares();
  const logits = { real: at([1, 3]), fake: at([0, 2]) };
  const [d, g] = evaluate([discriminator(logits), generator(logits)], {});
  // ½·((0 + 4)/2 + (0 + 4)/2) = 2; ½·(1 + 1)/2 = ½
  expect(d!.data[0]).toBeCloseTo(2, 12);
  expect(g!.data[0]).toBeCloseTo(0.5, 12);
});

test("where both densities are equal the best score is ½: 0.25 and 0.125", () => {
  const { discriminator, generator } = leastSquares();
  const logits = { real: at([0.5]), fake: at([0.5]) };
  const [d, g] = evaluate([discriminator(logits), generator(logits)], {});
  expect(d!.data[0]).toBeCloseTo(0.25, 12);
  expect(g!.data[0]).toBeCloseTo(0.125, 12);
});
