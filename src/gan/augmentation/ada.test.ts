import { expect, test } from "vitest";
import { apply, noise } from "../../../test/layers.ts";
import { constant, input } from "../../engine/ir/leaves.ts";
import { evaluate } from "../../engine/reference/evaluate.ts";
import { octaves } from "./_ada-filter.ts";
import { adaChanged, adaGroups } from "./ada.ts";

const shape = [3, 3, 6, 8];

/** Images of ADA's groups, at a probability. */
function changed(groups: readonly (typeof adaGroups)[number][], p: number, seed = 1) {
  const x = input("x", shape);
  const { y, feeds } = apply((scope) => adaChanged(x, scope, { p: constant(p, []), groups }), {
    seed,
  });
  return evaluate([y], { ...feeds, x: noise(shape) })[0]!;
}

test.each(adaGroups)("%s leaves images as they are at p = 0, and not at p = 1", (group) => {
  const original = noise(shape).data;
  const far = ({ data }: { data: ArrayLike<number> }) =>
    Math.max(...original.map((v, i) => Math.abs(v - data[i]!)));
  expect(far(changed([group], 0))).toBeLessThan(1e-10);
  expect(far(changed([group], 1))).toBeGreaterThan(0.05);
});

test("blits move pixels and change none", () => {
  const x = noise(shape);
  const y = changed(["blit"], 1, 3);
  const values = new Set(x.data);
  const known = y.data.filter((v) => [...values].some((w) => Math.abs(v - w) < 1e-9));
  // A quarter turn of an image that is not square reads between no pixels either: both sides are even.
  expect(known).toHaveLength(y.data.length);
});

test("the octaves add up to the identity", () => {
  const bands = octaves();
  const [length] = bands.map((b) => b.length) as [number];
  expect(bands.map((b) => b.length)).toEqual(new Array(4).fill(length));
  for (let i = 0; i < length; i++) {
    const total = bands.reduce((sum, band) => sum + band[i]!, 0);
    expect(total).toBeCloseTo(i === (length - 1) / 2 ? 1 : 0, 10);
  }
  // The lowest band passes what is even and no other does.
  expect(bands.map((b) => b.reduce((x, y) => x + y, 0)).map((v) => Math.round(v * 1e9))).toEqual([
    1e9, 0, 0, 0,
  ]);
});
