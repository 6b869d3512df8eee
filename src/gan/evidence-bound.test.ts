import { expect, test } from "vitest";
import { constant } from "../engine/ir/leaves.ts";
import { evaluate } from "../engine/reference/evaluate.ts";
import { codeOf, evidenceBound, reparameterised } from "./evidence-bound.ts";

const at = (shape: number[], ...values: number[]) => constant(Float64Array.from(values), shape);
/** Codes N(1, 1)·N(0, 4) and N(0, 1)·N(0, 1). */
const code = {
  mean: at([2, 2], 1, 0, 0, 0),
  logVariance: at([2, 2], 0, Math.log(4), 0, 0),
};

test("by hand: squared errors over twice the variance, and the KL of each axis", () => {
  const items = at([2, 1, 2], 1, 2, 3, 4);
  const again = at([2, 1, 2], 1, 1, 3, 2);
  const { loss, misfit, divergence } = evidenceBound(items, again, code, 0.5);
  const [l, m, d] = evaluate([loss, misfit, divergence], {}).map((v) => v.data[0]!);
  // errors 1 and 4: mean 2.5, over 2·0.25; KLs ½ + ½(4 − ln 4 − 1) and 0
  expect(m).toBeCloseTo(5, 12);
  expect(d).toBeCloseTo((0.5 + 0.5 * (3 - Math.log(4))) / 2, 12);
  expect(l).toBeCloseTo(m! + d!, 12);
});

test("a code is its mean and its deviation times the noise", () => {
  const noise = at([2, 2], 2, 3, 4, 5);
  expect([...evaluate([reparameterised(code, noise)], {})[0]!.data]).toEqual([3, 6, 4, 5]);
});

test("an encoder's outputs are means, then logarithms of variances", () => {
  const { mean, logVariance } = codeOf(at([2, 4], 1, 2, 3, 4, 5, 6, 7, 8));
  const [means, rest] = evaluate([mean, logVariance], {}).map((v) => [...v.data]);
  expect(means).toEqual([1, 2, 5, 6]);
  expect(rest).toEqual([3, 4, 7, 8]);
});
