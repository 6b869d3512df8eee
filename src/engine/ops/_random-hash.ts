/** Arithmetic on 32-bit words that wraps round: on numbers here, on ONNX values in the lowering. */
export interface Words<W> {
  word(value: number): W;
  add(a: W, b: W): W;
  mul(a: W, b: W): W;
  /** Logical shift to the right. */
  shift(a: W, bits: number): W;
}

export const numbers: Words<number> = {
  word: (value) => value >>> 0,
  add: (a, b) => (a + b) >>> 0,
  mul: (a, b) => Math.imul(a, b) >>> 0,
  shift: (a, bits) => a >>> bits,
};

/** Counters are spread by the golden ratio: 2³²/φ, odd. */
export const spread = 0x9e3779b1;

/** Other odd constants with irregular bits: those of MurmurHash3. */
const [c1, c2] = [0x85ebca6b, 0xc2b2ae35];

/**
 * h(2h + k) for odd k: a permutation of the words (Rivest et al. 1998, RC6) and the one source of
 * non-linearity here, since there are no bit operations on WebGPU: products with constants and
 * h + ⌊h/2ᵇ⌋ alone keep a sequence of counters a lattice.
 */
const permute = <W>(w: Words<W>, h: W, odd: W): W => w.mul(h, w.add(w.add(h, h), odd));

/**
 * h' = h + ⌊h/2¹⁶⌋, then h'(h' + c) for odd c: high bits come down, low bits go up. Two words go to
 * one, whose lowest bit is 0; the 31 others are uniform.
 */
function fold<W>(w: Words<W>, h: W, odd: number): W {
  const low = w.add(h, w.shift(h, 16));
  return w.mul(low, w.add(low, w.word(odd)));
}

/** Where the sequence of a key starts, and the odd factor of its permutation. */
export interface Keys<W> {
  readonly start: W;
  readonly odd: W;
}

/** Both words of a sequence, from the key of the step and the number of the stream. */
export function keysOf<W>(w: Words<W>, key: W, stream: number): Keys<W> {
  const mix = (factor: number, salt: number): W => {
    const name = fold(numbers, fold(numbers, stream + salt, c1), c2);
    const h = w.add(w.mul(key, w.word(factor)), w.word(name));
    return fold(w, fold(w, permute(w, h, w.word(c2)), c1), c2);
  };
  // A fold is even: adding 1 makes it odd.
  return { start: mix(spread, 0x1b873593), odd: w.add(mix(c1, 0x3c6ef372), w.word(1)) };
}

/**
 * The word of a counter, of which the upper 23 bits are to be used. `position` is start + counter ·
 * spread. Two sequences that start at nearby positions still differ, by their odd factors.
 */
export const wordAt = <W>(w: Words<W>, position: W, odd: W): W =>
  fold(w, permute(w, position, odd), c1);
