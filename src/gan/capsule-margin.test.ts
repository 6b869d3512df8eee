import { expect, test } from "vitest";
import { claimsOf, gradientError } from "../../test/gradients.ts";
import { apply, array, noise } from "../../test/layers.ts";
import { input } from "../engine/ir/leaves.ts";
import { evaluate } from "../engine/reference/evaluate.ts";
import { capsuleMargin, marginLoss } from "./capsule-margin.ts";
import { capsuleLayers } from "./nets/capsule.ts";

test("the loss by hand", () => {
  const lengths = input("v", [2, 2]);
  const feeds = { v: array([2, 2], [0.95, 0.3, 0.4, 0.05]) };
  const [loss] = evaluate([marginLoss(lengths, 0)], feeds);
  // 0 + ½·0.2² for the first, 0.5² + 0 for the second.
  expect(loss!.data[0]).toBeCloseTo((0.02 + 0.25) / 2, 12);
  const { discriminator, generator } = capsuleMargin();
  const both = { real: lengths, fake: lengths };
  const [d, g] = evaluate([discriminator(both), generator(both)], feeds);
  expect(g!.data[0]).toBeCloseTo(loss!.data[0]!, 12);
  expect(d!.data[0]).toBeGreaterThan(g!.data[0]!);
});

test("gradients of the loss are right", () => {
  const v = input("v", [3, 2]);
  const feeds = { v: array([3, 2], [0.5, 0.6, 0.2, 0.95, 0.85, 0.3]) };
  const claims = claimsOf(marginLoss(v, 1), [v]);
  expect(gradientError({ claims, feeds }, 1)).toBeLessThan(1e-6);
});

test.each([
  [8, 4],
  [16, 16],
  [28, 49],
  [64, 64],
])(
  "images of %i pixels have %i places of primary capsules, and lengths below 1",
  (side, places) => {
    const shape = { image: [1, side, side], width: 1, kinds: 2, size: 2, answers: 2 };
    const x = input("x", [2, 1, side, side]);
    const { y, variables, feeds } = apply((s) => capsuleLayers(shape)(x, s));
    expect(y.shape).toEqual([2, 2]);
    expect(variables.get("net.answers.weight")!.shape[0]).toBe(2 * places);
    const [lengths] = evaluate([y], { ...feeds, x: noise([2, 1, side, side]) });
    for (const v of lengths!.data) expect(v).toBeLessThan(1);
  },
);
