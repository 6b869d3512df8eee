import { expect, test } from "vitest";
import { constant } from "../../engine/ir/leaves.ts";
import { evaluate } from "../../engine/reference/evaluate.ts";
import type { Duel } from "../duel.ts";
import { type LossSensitive, lossSensitive } from "./loss-sensitive.ts";

const logits = {
  real: constant(Float64Array.of(3, 0.5), [2]),
  fake: constant(Float64Array.of(1, 0), [2]),
};
/** Mean absolute differences of the pairs: 1 and 2. */
const items = {
  real: constant(Float64Array.of(0, 1, 4, 0), [2, 2]),
  fake: constant(Float64Array.of(1, 2, 1, 1), [2, 2]),
} as unknown as Duel;

const lossOf = (options: LossSensitive) =>
  evaluate([lossSensitive(options).discriminator(logits, items)], {})[0]!.data[0];

test("by hand: the first pair keeps its margin, the second falls 1.5 short", () => {
  // Δ + fake − real: 1 + 1 − 3 = −1 and 2 + 0 − 0.5 = 1.5
  expect(lossOf({})).toBeCloseTo(0.75, 12);
});

test("twice the margin: 0 and 3.5 short", () => {
  expect(lossOf({ margin: 2 })).toBeCloseTo(1.75, 12);
});

test("with slope 1 it is Wasserstein's loss and the mean margin", () => {
  // E(fake − real) + E Δ = (−2 − 0.5)/2 + 1.5
  expect(lossOf({ slope: 1 })).toBeCloseTo(0.25, 12);
});

test("the generator wants its fakes' scores high", () => {
  const loss = lossSensitive().generator(logits, items);
  expect(evaluate([loss], {})[0]!.data[0]).toBeCloseTo(-0.5, 12);
});
