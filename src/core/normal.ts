/**
 * Box–Muller from additions, multiplications, divisions and square roots only. `Math.log` and
 * `Math.cos` may differ in the last bit between JavaScript engines; these four are rounded correctly
 * in all of them (for sqrt the language does not promise it, the hardware does it).
 */

const TURN_PER_WORD = 1.4629180792671596e-9; // 2π / 2^32
const POWER_OF_TWO = Float64Array.from({ length: 33 }, (_, exponent) => 2 ** exponent);

/**
 * ln((word + ½) / 2^32) for a u32, absolute error < 2e-14 (also relative near 0).
 *
 * The argument is m·2^-e with m in [√½, √2); ln m = 2·artanh(s), s = (m - 1)/(m + 1), |s| < 0.172,
 * by its power series up to s^15.
 */
function logUniform(word: number): number {
  let exponent = Math.clz32(word);
  let m = (word + 0.5) * POWER_OF_TWO[exponent]! * 2 ** -32;
  if (m < Math.SQRT1_2) {
    m *= 2;
    exponent += 1;
  }
  const s = (m - 1) / (m + 1);
  const q = s * s;
  const high = 1 / 9 + q * (1 / 11 + q * (1 / 13 + q * (1 / 15)));
  const series = 1 + q * (1 / 3 + q * (1 / 5 + q * (1 / 7 + q * high)));
  return 2 * s * series - exponent * Math.LN2;
}

/** sin a for |a| ≤ π/4, Taylor series up to a^13, error < 3e-14. */
function sinEighth(a: number): number {
  const q = a * a;
  const high = 1 / 362880 - q * (1 / 39916800 - q * (1 / 6227020800));
  return a * (1 - q * (1 / 6 - q * (1 / 120 - q * (1 / 5040 - q * high))));
}

/** cos a for |a| ≤ π/4, Taylor series up to a^14, error < 2e-15. */
function cosEighth(a: number): number {
  const q = a * a;
  const high = 1 / 40320 - q * (1 / 3628800 - q * (1 / 479001600 - q * (1 / 87178291200)));
  return 1 - q * (1 / 2 - q * (1 / 24 - q * (1 / 720 - q * high)));
}

/**
 * `count` standard normals into `out` from `from` on. Words 2i and 2i + 1 give the radius
 * √(-2 ln u) and the angle of values 2i (cosine) and 2i + 1 (sine).
 *
 * @param words at least `count` u32, rounded up to an even number
 */
export function boxMuller(
  words: Uint32Array,
  out: Float32Array | Float64Array,
  from: number,
  count: number,
): void {
  for (let i = 0; i < count; i += 2) {
    const radius = Math.sqrt(-2 * logUniform(words[i]!));
    const word = words[i + 1]!;
    // The nearest quarter turn leaves a rest of at most an eighth: exact, since the word is whole.
    const quarter = (word + 0x20000000) >>> 30;
    const rest = ((word - (quarter << 30)) | 0) + 0.5;
    const sin = radius * sinEighth(rest * TURN_PER_WORD);
    const cos = radius * cosEighth(rest * TURN_PER_WORD);
    const first = quarter & 1 ? -sin : cos;
    const second = quarter & 1 ? cos : sin;
    out[from + i] = quarter & 2 ? -first : first;
    if (i + 1 < count) {
      out[from + i + 1] = quarter & 2 ? -second : second;
    }
  }
}
