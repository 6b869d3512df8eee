import { expect, test } from "vitest";
import { claimsOf, gradientError } from "../../../test/gradients.ts";
import { apply, noise } from "../../../test/layers.ts";
import { input } from "../../engine/ir/leaves.ts";
import { square, sum } from "../../engine/ops/index.ts";
import { spectralNorm } from "../../nn/spectral-norm.ts";
import { fastganFeatures, fastganGenerator, mapDecoder, patchLogits } from "./fastgan.ts";

const excitedIn = (names: readonly string[]) =>
  [...new Set(names.flatMap((name) => /excite(\d)/.exec(name)?.[1] ?? []))].map(Number);

test.each([
  [28, 1, [1, 2], 14],
  [32, 3, [2, 3], 8],
  [48, 2, [2, 3], 12],
  [64, 4, [3, 4], 8],
  [128, 3, [4, 5], 8],
])(
  "images of %i pixels, %i channels: maps %j are excited, features are %i wide",
  (side, c, excited, s) => {
    const shape = { image: [c, side, side], width: 1, weightTransform: spectralNorm() };
    const made = apply((scope) => fastganGenerator(shape)(input("z", [2, 3]), scope));
    expect(made.y.shape).toEqual([2, c, side, side]);
    expect(excitedIn(made.variables.all().map((v) => v.name))).toEqual(excited);
    const seen = apply((scope) => {
      const maps = fastganFeatures(shape)(input("x", [2, c, side, side]), scope);
      expect(maps.shape.slice(2)).toEqual([s, s]);
      expect(mapDecoder(shape, side / 2)(maps, scope.child("whole")).shape).toEqual([
        2,
        c,
        side / 2,
        side / 2,
      ]);
      return patchLogits(shape)(maps, scope.child("d"));
    });
    expect(seen.y.shape).toEqual([2, (s - 3) ** 2]);
  },
);

test("gradients of both nets are right", () => {
  const shape = { image: [1, 14 * 2, 14 * 2], width: 1 };
  const small = { image: [1, 16, 16], width: 1 };
  const z = input("z", [2, 3]);
  const made = apply((scope) => fastganGenerator(shape)(z, scope));
  const feeds = { ...made.feeds, z: noise([2, 3], 2) };
  const claims = claimsOf(sum(square(made.y)), [z, ...made.parameters]);
  expect(gradientError({ claims: claims.slice(0, 1), feeds }, 1, 2)).toBeLessThan(1e-6);
  const x = input("x", [2, 1, 16, 16]);
  const seen = apply((scope) => patchLogits()(fastganFeatures(small)(x, scope), scope.child("d")));
  const values = { ...seen.feeds, x: noise([2, 1, 16, 16], 3) };
  const of = claimsOf(sum(square(seen.y)), [x, ...seen.parameters]);
  expect(gradientError({ claims: of, feeds: values }, 1, 2)).toBeLessThan(1e-5);
});

test("what is too small to be halved, or is not doubled to a side, is refused", () => {
  expect(() => fastganFeatures({ image: [1, 8, 8], width: 1 })).toThrow(/SHAPE.*16 pixels/s);
  const decode = mapDecoder({ image: [1, 16, 16], width: 1 }, 12);
  expect(() => apply((scope) => decode(input("x", [1, 2, 8, 8]), scope))).toThrow(/SHAPE.*of 8/s);
});
