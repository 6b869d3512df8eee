import { describe, expect, test } from "vitest";
import { halfBits, halfFromBits, largestHalf, roundToHalf, smallestNormalHalf } from "./half.ts";

const all = Array.from({ length: 2 ** 16 }, (_, i) => i);
const finite = all.map(halfFromBits).filter((v) => v >= 0 && Number.isFinite(v));

test("every half is itself: bits → number → bits", () => {
  const wrong = all.filter((half) => {
    const value = halfFromBits(half);
    if (Number.isNaN(value)) return halfBits(value) !== 0x7e00;
    return halfBits(value) !== half || !Object.is(roundToHalf(value), value);
  });
  expect(wrong).toEqual([]);
});

test("what lies between two neighbours goes to the nearer one, from the middle to the even one", () => {
  const ascending = [...new Set(finite)].sort((a, b) => a - b);
  expect(ascending).toHaveLength(31 * 1024);
  expect(ascending.at(-1)).toBe(largestHalf);
  const wrong: number[] = [];
  for (let i = 1; i < ascending.length; i++) {
    const [below, above] = [ascending[i - 1]!, ascending[i]!];
    const middle = (below + above) / 2;
    const nudge = (above - below) * 1e-9;
    // Bits of neighbours follow each other: every other half is even.
    const even = i % 2 === 1 ? below : above;
    for (const [x, want] of [
      [middle, even],
      [-middle, -even],
      [middle - nudge, below],
      [-middle + nudge, -below],
      [middle + nudge, above],
    ] as const) {
      if (!Object.is(roundToHalf(x), want)) wrong.push(x);
    }
  }
  expect(wrong).toEqual([]);
});

describe("the ends of the range", () => {
  test.each([
    [65_519.999, 65_504],
    [65_520, Number.POSITIVE_INFINITY],
    [-1e300, Number.NEGATIVE_INFINITY],
    [2 ** -25, 0],
    [2 ** -25 * 1.0000001, 2 ** -24],
    [2 ** -24 * 1.5, 2 ** -23],
    [smallestNormalHalf - 2 ** -26, smallestNormalHalf],
    [5e-324, 0],
    [-0, -0],
    [-1e-9, -0],
  ])("%d → %d", (x, half) => expect(roundToHalf(x)).toBe(half));

  test("what is no number stays none", () => expect(roundToHalf(Number.NaN)).toBeNaN());

  test.each([
    [1, 0x3c00],
    [-2, 0xc000],
    [65_504, 0x7bff],
    [smallestNormalHalf, 0x0400],
    [2 ** -24, 0x0001],
    [0.1, 0x2e66],
    [1 / 3, 0x3555],
    [Number.POSITIVE_INFINITY, 0x7c00],
    [-0, 0x8000],
  ])("the bits of %d", (x, half) => expect(halfBits(x)).toBe(half));
});

test("a float64 is rounded once, not first to float32", () => {
  // Just above the middle of 1 and 1 + 2⁻¹⁰: as float32 it would be the middle, and go to the even 1.
  expect(roundToHalf(1 + 2 ** -11 + 2 ** -40)).toBe(1 + 2 ** -10);
});
