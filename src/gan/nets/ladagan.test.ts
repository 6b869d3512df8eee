import { expect, test } from "vitest";
import { claimsOf, gradientError } from "../../../test/gradients.ts";
import { apply, noise } from "../../../test/layers.ts";
import { input } from "../../engine/ir/leaves.ts";
import { square, sum } from "../../engine/ops/index.ts";
import { ladaFeatures, ladaGenerator } from "./ladagan.ts";

test.each([8, 16, 28, 64])("images of %i pixels, and back to features", (side) => {
  const shape = { image: [1, side, side], width: 4, heads: 2 };
  const made = apply((s) => ladaGenerator(shape)(input("z", [2, 3]), s));
  expect(made.y.shape).toEqual([2, 1, side, side]);
  const seen = apply((s) => ladaFeatures(shape)(input("x", [2, 1, side, side]), s));
  expect(seen.y.shape[0]).toBe(2);
  expect(seen.y.shape).toHaveLength(2);
});

test("gradients of both nets are right", () => {
  const shape = { image: [1, 8, 8], width: 2, heads: 1 };
  const z = input("z", [2, 3]);
  const made = apply((s) => ladaGenerator(shape)(z, s));
  const feeds = { ...made.feeds, z: noise([2, 3], 2) };
  const claims = claimsOf(sum(square(made.y)), [z, ...made.parameters]).slice(0, 1);
  expect(gradientError({ claims, feeds }, 1, 2)).toBeLessThan(1e-6);
  const x = input("x", [1, 1, 8, 8]);
  const seen = apply((s) => ladaFeatures(shape)(x, s));
  const of = claimsOf(sum(square(seen.y)), seen.parameters).slice(0, 1);
  const values = { ...seen.feeds, x: noise([1, 1, 8, 8], 3) };
  expect(gradientError({ claims: of, feeds: values }, 1, 2)).toBeLessThan(1e-5);
});

test("heads that do not divide the width are refused", () => {
  expect(() => ladaGenerator({ image: [1, 8, 8], width: 6 })).toThrow(/SHAPE.*4 heads/s);
});
