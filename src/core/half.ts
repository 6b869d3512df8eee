/*
 * IEEE 754 binary16, float16 or half: 1 sign bit, 5 of exponent, 10 of fraction. Largest 65,504,
 * smallest normal 2⁻¹⁴, smallest of all 2⁻²⁴. Node 20 has no Float16Array.
 */

/** The largest finite half. */
export const largestHalf = 65_504;

/** The smallest half with all of its 11 bits of precision. */
export const smallestNormalHalf = 2 ** -14;

/** Halfway from the largest half to the next power of two: from here on, rounding gives infinity. */
const overflow = 65_520;

const bits = new DataView(new ArrayBuffer(8));

/** ⌊log₂ x⌋ of a normal positive number. */
function exponentOf(x: number): number {
  bits.setFloat64(0, x);
  return (bits.getUint16(0) >> 4) - 1023;
}

/** The half nearest to x, as a number; of two that are equally near, the one whose last bit is 0. */
export function roundToHalf(x: number): number {
  const size = Math.abs(x);
  if (!(size < overflow)) return Number.isNaN(x) ? x : Math.sign(x) * Number.POSITIVE_INFINITY;
  const spacing = 2 ** (Math.max(exponentOf(size), -14) - 10);
  // Float64 has 52 bits of fraction: next to 1.5·2⁵² spacings, it rounds to whole ones, ties to even.
  const large = 1.5 * 2 ** 52 * spacing;
  const rounded = size + large - large;
  return x < 0 || Object.is(x, -0) ? -rounded : rounded;
}

/** The 16 bits of the half nearest to x. */
export function halfBits(x: number): number {
  const value = roundToHalf(x);
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  if (size === Number.POSITIVE_INFINITY) return sign | 0x7c00;
  if (size < smallestNormalHalf) return sign | (size * 2 ** 24);
  const exponent = exponentOf(size);
  return sign | ((exponent + 15) << 10) | (size * 2 ** (10 - exponent) - 1024);
}

/** The number that 16 bits stand for. */
export function halfFromBits(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}
