/**
 * Philox 4x32-10: a counter-based random function, four words out of four counter and two key words.
 *
 * Source: Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3" (SC '11);
 * checked against the known-answer vectors of Random123 1.14 (`tests/kat_vectors`).
 */

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9; // golden ratio
const WEYL_1 = 0xbb67ae85; // sqrt(3) - 1
const ROUNDS = 10;

/** Upper 32 bits of a·(bHigh·2^16 + bLow), by 16-bit halves: no partial sum passes 2^32. */
function multiplyHigh(a: number, bHigh: number, bLow: number): number {
  const aHigh = a >>> 16;
  const aLow = a & 0xffff;
  const middle = (Math.imul(aHigh, bLow) + (Math.imul(aLow, bLow) >>> 16)) | 0;
  const carry = (Math.imul(aLow, bHigh) + (middle & 0xffff)) | 0;
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + (carry >>> 16)) | 0;
}

/** The counter words 1 to 3 and the key that a run of blocks shares. */
export interface BlockAddress {
  readonly counter1: number;
  readonly counter2: number;
  readonly counter3: number;
  readonly key0: number;
  readonly key1: number;
}

/**
 * Writes the blocks whose counter word 0 is `first`, `first + 1`, … (mod 2^32) into `out`.
 *
 * @param out room for 4·count words from `offset` on
 */
export function philoxBlocks(
  address: BlockAddress,
  first: number,
  count: number,
  out: Uint32Array,
  offset = 0,
): void {
  const { counter1, counter2, counter3, key0, key1 } = address;
  for (let block = 0; block < count; block++) {
    let x0 = (first + block) | 0;
    let x1 = counter1 | 0;
    let x2 = counter2 | 0;
    let x3 = counter3 | 0;
    let k0 = key0 | 0;
    let k1 = key1 | 0;
    for (let round = 0; round < ROUNDS; round++) {
      const high0 = multiplyHigh(x0, MULTIPLIER_0 >>> 16, MULTIPLIER_0 & 0xffff);
      const high1 = multiplyHigh(x2, MULTIPLIER_1 >>> 16, MULTIPLIER_1 & 0xffff);
      const low0 = Math.imul(x0, MULTIPLIER_0);
      const low1 = Math.imul(x2, MULTIPLIER_1);
      x0 = high1 ^ x1 ^ k0;
      x1 = low1;
      x2 = high0 ^ x3 ^ k1;
      x3 = low0;
      k0 = (k0 + WEYL_0) | 0;
      k1 = (k1 + WEYL_1) | 0;
    }
    const at = offset + 4 * block;
    out[at] = x0;
    out[at + 1] = x1;
    out[at + 2] = x2;
    out[at + 3] = x3;
  }
}

/**
 * One block: `out[offset … offset + 3]` = Philox4x32-10(counter, key).
 *
 * @param counter four u32
 * @param key two u32
 */
export function philox4x32(
  counter: ArrayLike<number>,
  key: ArrayLike<number>,
  out: Uint32Array,
  offset = 0,
): void {
  const address = {
    counter1: counter[1]!,
    counter2: counter[2]!,
    counter3: counter[3]!,
    key0: key[0]!,
    key1: key[1]!,
  };
  philoxBlocks(address, counter[0]!, 1, out, offset);
}
