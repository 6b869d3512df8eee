import { expect, test } from "vitest";
import { tinyDuel } from "../../../test/duel.ts";
import { claimsOf, gradientError } from "../../../test/gradients.ts";
import { array } from "../../../test/layers.ts";
import { input } from "../../engine/ir/leaves.ts";
import { evaluate } from "../../engine/reference/evaluate.ts";
import type { Duel } from "../duel.ts";
import { featureMatching } from "./feature-matching.ts";

const features = { real: input("real", [2, 3]), fake: input("fake", [2, 3]) };

test("the squared distance of mean features, by hand, times the weight", () => {
  const { loss } = featureMatching({ weight: 2 }).apply({ features }, {});
  const real = array([2, 3], [1, 2, 3, 3, 4, 5]); // mean 2, 3, 4
  const fake = array([2, 3], [0, 0, 0, 2, 6, 9]); // mean 1, 3, 4.5
  expect(evaluate([loss], { real, fake })[0]!.data[0]).toBeCloseTo(2 * (1 + 0 + 0.25), 12);
});

test("features may have any shape: maps are matched place by place", () => {
  const maps = { real: input("real", [1, 2, 2]), fake: input("fake", [1, 2, 2]) };
  const { loss } = featureMatching().apply({ features: maps }, {});
  const real = array([1, 2, 2], [1, 0, 0, 0]);
  const fake = array([1, 2, 2], [0, 1, 0, 0]);
  expect(evaluate([loss], { real, fake })[0]!.data[0]).toBeCloseTo(2, 12);
});

test("the generator's gradients match central differences, twice", () => {
  const tiny = tinyDuel();
  const { loss } = featureMatching().apply(tiny.duel as Duel, {});
  const claims = claimsOf(loss, tiny.parameters("g"));
  expect(gradientError({ claims, feeds: tiny.feeds(3) }, 3)).toBeLessThan(2e-6);
});
