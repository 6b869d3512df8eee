import { expect, test } from "vitest";
import { claimsOf, gradientError } from "../../test/gradients.ts";
import { apply, array, noise, resultOf } from "../../test/layers.ts";
import { input } from "../engine/ir/leaves.ts";
import { square, sum } from "../engine/ops/index.ts";
import { evaluate } from "../engine/reference/evaluate.ts";
import { batchNorm } from "./batch-norm.ts";
import { agreement, capsuleLengths, capsules, primaryCapsules, squash } from "./capsules.ts";

test("squashed vectors keep their direction and are shorter than 1", () => {
  const y = resultOf(squash, array([3, 2], [3, 4, 0.03, 0.04, 300, 400])).data;
  expect(y[0]! / y[1]!).toBeCloseTo(3 / 4, 9);
  expect(Math.hypot(y[0]!, y[1]!)).toBeCloseTo(25 / 26, 6);
  expect(Math.hypot(y[2]!, y[3]!)).toBeCloseTo(0.0025 / 1.0025, 5);
  expect(Math.hypot(y[4]!, y[5]!)).toBeLessThan(1);
});

test("routing weights sum to 1 over the capsules above, and go to those that agree", () => {
  // Three capsules below: two predict (1, 0) for the first above, one (−1, 0); all differ for the other.
  const predicted = array([1, 2, 3, 2], [4, 0, 4, 0, -4, 0, 1, 0, 0, 1, 0, -1]);
  const p = input("p", [1, 2, 3, 2]);
  const weights = evaluate([agreement(p, 3)], { p: predicted })[0]!.data;
  for (let i = 0; i < 3; i++) expect(weights[i]! + weights[3 + i]!).toBeCloseTo(1, 12);
  expect(weights[0]).toBeGreaterThan(0.9);
  expect(weights[2]).toBeLessThan(0.1);
  const even = evaluate([agreement(p, 1)], { p: predicted })[0]!.data;
  expect([...even]).toEqual(new Array(6).fill(0.5));
});

test("primary capsules are the channels of a place, kind after kind", () => {
  const layer = primaryCapsules({ kinds: 2, size: 3, kernel: 1, bias: false });
  const x = noise([1, 6, 2, 2]);
  const identity = array(
    [6, 6, 1, 1],
    Array.from({ length: 36 }, (_, i) => (i % 7 === 0 ? 1 : 0)),
  );
  const y = resultOf(layer, x, { set: { "net.weight": identity } });
  expect(y.shape).toEqual([1, 8, 3]);
  // Capsule 4 + 1 is kind 1 at place 1: channels 3, 4 and 5 there.
  const own = [3, 4, 5].map((c) => x.data[4 * c + 1]!);
  const length = Math.hypot(...own);
  own.forEach((v, k) => {
    expect(y.data[5 * 3 + k]).toBeCloseTo((v * length) / (1 + length ** 2), 6);
  });
});

test("a norm standardises the map before capsules are read from it", () => {
  const layer = primaryCapsules({ kinds: 1, size: 2, kernel: 1, bias: false, norm: batchNorm() });
  const x = input("x", [3, 2, 2, 2]);
  const { y, feeds, parameters } = apply((s) => layer(x, s));
  const values = { ...feeds, x: noise([3, 2, 2, 2], 5) };
  const [squashed] = evaluate([y], values);
  // s = v·(1 + ‖s‖²)/‖s‖; with ‖v‖ = ‖s‖²/(1 + ‖s‖²), ‖s‖² = ‖v‖/(1 − ‖v‖).
  let squares = 0;
  for (let i = 0; i < squashed!.data.length; i += 2) {
    const length = Math.hypot(squashed!.data[i]!, squashed!.data[i + 1]!);
    squares += length / (1 - length);
  }
  expect(squares / squashed!.data.length).toBeCloseTo(1, 3);
  const claims = claimsOf(sum(square(y)), [x, ...parameters]);
  expect(gradientError({ claims, feeds: values }, 2)).toBeLessThan(1e-5);
});

test("one round has exact gradients; more change the weights, through which none flow", () => {
  const x = input("x", [2, 5, 3]);
  for (const rounds of [1, 3]) {
    const { y, feeds, parameters } = apply((s) => capsules({ count: 2, size: 4, rounds })(x, s));
    expect(y.shape).toEqual([2, 2, 4]);
    const values = { ...feeds, x: noise([2, 5, 3], 3) };
    if (rounds > 1) continue;
    const claims = claimsOf(sum(square(y)), [x, ...parameters]);
    expect(gradientError({ claims, feeds: values }, 2)).toBeLessThan(1e-6);
  }
  const lengths = resultOf(capsuleLengths, array([1, 2, 2], [3, 4, 0, 1])).data;
  expect(lengths[0]).toBeCloseTo(5, 6);
  expect(lengths[1]).toBeCloseTo(1, 6);
});
