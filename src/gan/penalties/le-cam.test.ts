import { expect, test } from "vitest";
import { tinyDuel } from "../../../test/duel.ts";
import { claimsOf, gradientError } from "../../../test/gradients.ts";
import { array } from "../../../test/layers.ts";
import { input } from "../../engine/ir/leaves.ts";
import { evaluate } from "../../engine/reference/evaluate.ts";
import type { Duel } from "../duel.ts";
import { leCam } from "./le-cam.ts";

const logits = { real: input("r", [2]), fake: input("f", [2]) };
const names = ["real", "fake", "total"];
const state = Object.fromEntries(names.map((n) => [n, input(n, [])]));

/** The loss and what is kept, after scores of two moves. */
function moved(real: number[], fake: number[], kept: readonly number[]) {
  const said = leCam({ weight: 1, decay: 0.5 }).apply({ logits } as unknown as Duel, state);
  const feeds = Object.fromEntries(names.map((n, i) => [n, array([], [kept[i]!])]));
  const results = evaluate([said.loss, ...names.map((n) => said.state![n]!)], {
    ...feeds,
    r: array([2], real),
    f: array([2], fake),
  });
  return results.map(({ data }) => data[0]!);
}

test("scores are held near the running mean of the other side, as it was", () => {
  // The first move has no mean to compare with, and leaves 2 and −1, half of them.
  const [first, ...kept] = moved([3, 1], [-2, 0], [0, 0, 0]);
  expect(first).toBe(0);
  expect(kept).toEqual([1, -0.5, 0.5]);
  // ([3 + 1]² + [0 + 1]²)/2 + ([2 + 2]² + [2 − 1]²)/2.
  const [second, ...then] = moved([3, 0], [-2, 1], kept);
  expect(second).toBeCloseTo(8.5 + 8.5, 12);
  expect(then).toEqual([1.25, -0.5, 0.75]);
});

test("what is on the right side costs nothing", () => {
  // Data below past fakes, and fakes above past data.
  expect(moved([-9, -9], [9, 9], [2, 4, 1])[0]).toBe(0);
});

test("its gradients match central differences, twice", () => {
  const tiny = tinyDuel();
  const { loss } = leCam().apply(tiny.duel, state);
  const kept = Object.fromEntries(names.map((n, i) => [n, array([], [[0.3, -0.4, 0.9][i]!])]));
  const claims = claimsOf(loss, [...tiny.parameters("trunk"), ...tiny.parameters("d")]);
  expect(gradientError({ claims, feeds: { ...tiny.feeds(3), ...kept } }, 3)).toBeLessThan(2e-6);
});
