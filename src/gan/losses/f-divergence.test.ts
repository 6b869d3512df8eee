import { describe, expect, test } from "vitest";
import { claimsOf, gradientError } from "../../../test/gradients.ts";
import { array } from "../../../test/layers.ts";
import { constant, input } from "../../engine/ir/leaves.ts";
import { evaluate } from "../../engine/reference/evaluate.ts";
import { type DivergenceId, divergenceIds, fDivergence } from "./f-divergence.ts";

const at = (values: readonly number[]) => constant(Float64Array.from(values), [values.length]);
const lossOf = (real: readonly number[], fake: readonly number[], divergence: DivergenceId) => {
  const { discriminator, generator } = fDivergence({ divergence });
  const logits = { real: at(real), fake: at(fake) };
  return evaluate([discriminator(logits), generator(logits)], {}).map((v) => v.data[0]!);
};

describe("by hand, at V(x) = 1 and V(G(z)) = 2", () => {
  const e = Math.E;
  test.each<[DivergenceId, number, number]>([
    ["kl", e - 1, -2],
    ["reverse-kl", 1 + 1 / e, e ** -2],
    ["pearson", 3 - 1, -2],
    ["hellinger", e ** 2 - 1 - (1 - 1 / e), e ** -2 - 1],
    [
      "jensen-shannon",
      Math.log1p(e ** 2) - Math.LN2 - (Math.LN2 - Math.log1p(1 / e)),
      Math.log1p(e ** -2) - Math.LN2,
    ],
  ])("%s", (divergence, d, g) => {
    const [discriminator, generator] = lossOf([1], [2], divergence);
    expect(discriminator).toBeCloseTo(d, 12);
    expect(generator).toBeCloseTo(g, 12);
  });
});

/** Two outcomes, p = (¾, ¼) and q = (¼, ¾), as four equally likely draws of each. */
describe("the bound is the divergence itself at the best witness T = f'(p/q)", () => {
  const [p, q] = [
    [3 / 4, 1 / 4],
    [1 / 4, 3 / 4],
  ] as const;
  const sum = (f: (p: number, q: number) => number) => f(p[0], q[0]) + f(p[1], q[1]);
  /** The logit v with g(v) = f'(u), and the divergence in closed form. */
  const cases: Record<DivergenceId, { v: (u: number) => number; divergence: number }> = {
    kl: { v: (u) => 1 + Math.log(u), divergence: sum((p, q) => p * Math.log(p / q)) },
    "reverse-kl": { v: (u) => Math.log(u), divergence: sum((p, q) => q * Math.log(q / p)) },
    pearson: { v: (u) => 2 * (u - 1), divergence: sum((p, q) => (q - p) ** 2 / q) },
    hellinger: {
      v: (u) => Math.log(u) / 2,
      divergence: sum((p, q) => (Math.sqrt(p) - Math.sqrt(q)) ** 2),
    },
    "jensen-shannon": {
      v: (u) => Math.log(u),
      divergence: sum((p, q) => p * Math.log((2 * p) / (p + q)) + q * Math.log((2 * q) / (p + q))),
    },
  };
  test.each(divergenceIds)("%s", (id) => {
    const { v, divergence } = cases[id];
    const [high, low] = [v(3), v(1 / 3)];
    const [loss] = lossOf([high, high, high, low], [high, low, low, low], id);
    expect(-loss!).toBeCloseTo(divergence, 12);
  });
});

test.each(divergenceIds)("%s: gradients match central differences, twice", (divergence) => {
  const logits = { real: input("real", [3]), fake: input("fake", [3]) };
  const feeds = { real: array([3], [0.3, -1.2, 0.8]), fake: array([3], [-0.4, 1.1, 0.2]) };
  const { discriminator, generator } = fDivergence({ divergence });
  for (const side of [discriminator(logits), generator(logits)]) {
    const claims = claimsOf(side, [logits.real, logits.fake]);
    expect(gradientError({ claims, feeds }, 1)).toBeLessThan(1e-6);
  }
});
