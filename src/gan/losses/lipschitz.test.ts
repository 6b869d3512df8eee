import { describe, expect, test } from "vitest";
import { input } from "../../engine/ir/leaves.ts";
import { evaluate } from "../../engine/reference/evaluate.ts";
import { type ConvexId, convexIds, lipschitz } from "./lipschitz.ts";
import { wasserstein } from "./wasserstein.ts";

const vector = (values: number[]) => ({
  shape: [values.length],
  dtype: "f32" as const,
  data: Float64Array.from(values),
});

const logits = { real: input("real", [2]), fake: input("fake", [2]) };

/** Both sides' losses where f(x) = (2, 0) and f(G(z)) = (−1, 1). */
function losses(loss: ReturnType<typeof lipschitz>): number[] {
  const feeds = { real: vector([2, 0]), fake: vector([-1, 1]) };
  const sides = [loss.discriminator(logits), loss.generator(logits)];
  return evaluate(sides, feeds).map(({ data }) => data[0]!);
}

describe("E φ(f(G(z))) + E φ(−f(x)) by hand, at f(x) = (2, 0), f(G(z)) = (−1, 1)", () => {
  test.each<[ConvexId, number]>([
    // (−1 + 1)/2 + (−2 − 0)/2
    ["identity", -1],
    // (e⁻¹ + e)/2 + (e⁻² + 1)/2
    ["exp", (0.36787944 + Math.E + 0.13533528 + 1) / 2],
    // (ln(1 + e⁻¹) + ln(1 + e))/2 + (ln(1 + e⁻²) + ln 2)/2
    ["softplus", (0.31326169 + 1.31326169 + 0.12692801 + Math.LN2) / 2],
    // ((−1 + √2) + (1 + √2))/2 + ((−2 + √5) + 1)/2
    ["root", Math.SQRT2 + (Math.sqrt(5) - 1) / 2],
  ])("%s", (phi, expected) => {
    const [discriminator, generator] = losses(lipschitz({ phi }));
    expect(discriminator).toBeCloseTo(expected, 7);
    expect(generator).toBeCloseTo(0, 12);
  });

  test("all four are here", () => expect(convexIds).toHaveLength(4));
});

test("softplus is the default; the identity is the Wasserstein loss", () => {
  expect(losses(lipschitz())).toEqual(losses(lipschitz({ phi: "softplus" })));
  expect(losses(lipschitz({ phi: "identity" }))).toEqual(losses(wasserstein()));
});
