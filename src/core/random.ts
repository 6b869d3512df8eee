import { GanymedeError } from "./errors.ts";
import { boxMuller } from "./normal.ts";
import { type BlockAddress, philoxBlocks } from "./philox.ts";

const TWO_32 = 2 ** 32;

/** Words made ahead of a transform; small enough to stay in the first-level cache. */
const scratch = new Uint32Array(1024);

/** FNV-1a, 32 bits, over the UTF-8 bytes of `text`. Source: Fowler, Noll, Vo; RFC 9923. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return hash >>> 0;
}

/**
 * A named stream of random numbers: a pure function of (seed, name, step), whatever other streams
 * have drawn, on every host.
 *
 * Philox key = (low word of seed, FNV-1a of name); counter = (block, low and high word of step,
 * high word of seed), so two streams meet only where two names share a hash. Each call starts at a
 * fresh block of four words; calls on one object continue where the last one ended.
 */
export class RandomStream {
  readonly seed: number;
  readonly name: string;
  readonly step: number;
  private readonly address: BlockAddress;
  private block = 0;

  /**
   * @param seed integer in [0, 2^53)
   * @param name what the numbers are for, e.g. `noise/g`
   * @param step integer in [0, 2^53), e.g. the training step
   * @throws GanymedeError RANDOM when seed or step is not such an integer
   */
  constructor(seed: number, name: string, step = 0) {
    requireInteger(name, "seed", seed, 0, Number.MAX_SAFE_INTEGER);
    requireInteger(name, "step", step, 0, Number.MAX_SAFE_INTEGER);
    this.seed = seed;
    this.name = name;
    this.step = step;
    this.address = {
      counter1: step >>> 0,
      counter2: Math.floor(step / TWO_32),
      counter3: Math.floor(seed / TWO_32),
      key0: seed >>> 0,
      key1: fnv1a(name),
    };
  }

  /** The stream `name/child` of the same seed and step. */
  fork(child: string): RandomStream {
    return new RandomStream(this.seed, `${this.name}/${child}`, this.step);
  }

  /** `n` words, each uniform over [0, 2^32); `n` in [0, 2^32). */
  uint32(n: number): Uint32Array {
    requireInteger(this.name, "n", n, 0, TWO_32 - 1);
    const blocks = Math.ceil(n / 4);
    const first = this.claim(blocks);
    const out = new Uint32Array(4 * blocks);
    philoxBlocks(this.address, first, blocks, out);
    return out.subarray(0, n);
  }

  /**
   * Fills `out` with uniforms in the open interval (0, 1): odd multiples of 2^-24, which float32
   * holds exactly, so that rounding can reach neither end.
   */
  uniform<T extends Float32Array | Float64Array>(out: T): T {
    this.eachChunk(out.length, (from, count) => {
      for (let i = 0; i < count; i++) {
        out[from + i] = ((scratch[i]! >>> 9) + 0.5) * 2 ** -23;
      }
    });
    return out;
  }

  /**
   * Fills `out` with standard normals by Box–Muller in float64, |value| < 6.77. The logarithm and
   * the sine are our own (see `boxMuller`), so that the values are the same in every JavaScript
   * engine.
   */
  normal<T extends Float32Array | Float64Array>(out: T): T {
    this.eachChunk(out.length, (from, count) => boxMuller(scratch, out, from, count));
    return out;
  }

  /**
   * `n` integers, each uniform over [0, below), without bias.
   *
   * @param below integer in [1, 2^32)
   * @throws GanymedeError RANDOM when `n` or `below` is out of range
   */
  integers(n: number, below: number): Uint32Array {
    requireInteger(this.name, "n", n, 0, TWO_32 - 1);
    requireInteger(this.name, "below", below, 1, TWO_32 - 1);
    return this.below(n, below, 0);
  }

  /** A uniformly random order of 0 … n - 1 (Fisher–Yates). */
  permutation(n: number): Uint32Array {
    requireInteger(this.name, "n", n, 0, TWO_32 - 1);
    const order = Uint32Array.from({ length: n }, (_, i) => i);
    const offsets = this.below(n, n, 1);
    for (let i = 0; i < n; i++) {
      const j = i + offsets[i]!;
      const moved = order[i]!;
      order[i] = order[j]!;
      order[j] = moved;
    }
    return order;
  }

  /**
   * Integer i is uniform over [0, bound - i·slope). The remainder of a word is unbiased below the
   * greatest multiple of the bound; a word above that is thrown away.
   */
  private below(n: number, bound: number, slope: 0 | 1): Uint32Array {
    const out = new Uint32Array(n);
    let filled = 0;
    let cursor = 0;
    for (let i = 0; i < n; ) {
      if (cursor === filled) {
        filled = this.refill(n - i);
        cursor = 0;
      }
      const word = scratch[cursor++]!;
      const limit = (bound - i * slope) >>> 0;
      // Only the last `limit` words can be above that multiple: the division is rarely needed.
      if (word <= TWO_32 - limit || word < TWO_32 - (TWO_32 % limit)) {
        out[i++] = word % limit;
      }
    }
    return out;
  }

  private eachChunk(total: number, use: (from: number, count: number) => void): void {
    for (let from = 0; from < total; from += scratch.length) {
      const count = Math.min(scratch.length, total - from);
      this.refill(count);
      use(from, count);
    }
  }

  /** Puts the next words into the scratch buffer: at least `wanted` or all it holds. */
  private refill(wanted: number): number {
    const blocks = Math.min(scratch.length / 4, Math.ceil(wanted / 4));
    philoxBlocks(this.address, this.claim(blocks), blocks, scratch);
    return 4 * blocks;
  }

  /** Advances the block counter; beyond 2^32 blocks the stream would repeat itself. */
  private claim(blocks: number): number {
    const first = this.block;
    if (first + blocks > TWO_32) {
      throw new GanymedeError("RANDOM", {
        where: `random stream ${this.name}`,
        expected: "at most 2^34 words from one step",
        got: `a request for ${4 * (first + blocks)}`,
        fix: "fork the stream or use one step per draw",
      });
    }
    this.block += blocks;
    return first;
  }
}

/** The stream `name` of `seed` at `step`; see `RandomStream`. */
export function stream(seed: number, name: string, step = 0): RandomStream {
  return new RandomStream(seed, name, step);
}

function requireInteger(name: string, what: string, value: number, low: number, high: number) {
  if (!Number.isSafeInteger(value) || value < low || value > high) {
    throw new GanymedeError("RANDOM", {
      where: `random stream ${name}`,
      expected: `${what} as an integer from ${low} to ${high}`,
      got: String(value),
      fix: `give a whole ${what} in that range`,
    });
  }
}
