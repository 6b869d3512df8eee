import { GanymedeError } from "../core/errors.ts";
import type { Noise, Sampler } from "../gan/game.ts";
import { fillNoise } from "./noise.ts";

/** One named noise of a sampler, and where it lies in a code. */
export interface CodePart extends Noise {
  readonly name: string;
  readonly from: number;
  readonly size: number;
}

/** All noise of one item as one row of numbers, part after part. */
export interface CodeLayout {
  /** Numbers of a code. */
  readonly size: number;
  readonly parts: readonly CodePart[];
}

/** How the noise of a sampler lies in a code, in the order in which the sampler names it. */
export function codeLayout({ noise }: Pick<Sampler, "noise">): CodeLayout {
  let size = 0;
  const parts = Object.entries(noise).map(([name, part]) => {
    const from = size;
    size += part.shape.reduce((n, d) => n * d, 1);
    return { name, ...part, from, size: size - from };
  });
  return { size, parts };
}

/** Which codes to draw. */
export interface Draw {
  readonly seed: number;
  /** The first item; 0 when absent. */
  readonly from?: number;
  readonly count: number;
  /**
   * ψ: codes are multiplied by it, towards the middle below 1: less variety, most often better looks.
   * 1 when absent. The truncation of Brock, Donahue, Simonyan 2019, arXiv:1809.11096 draws again what
   * is too large; a scaled code keeps its direction, so that a seed shows the same thing at every ψ.
   */
  readonly truncation?: number;
  /**
   * τ: numbers of a code beyond ±τ are drawn again until none is, as that source has it; before ψ. All
   * stay when absent. At least 0.05, below which nothing is left but the middle. Throws `OPTION`.
   */
  readonly within?: number;
}

/** The smallest τ: one number in 25 of normal ones is within it. */
const leastBound = 0.05;

/** Puts in the place of what is beyond ±bound what `draw` gives, as often as it takes. */
function drawAgain(
  values: Float32Array,
  bound: number,
  draw: (into: Float32Array, round: number) => void,
): void {
  if (!(bound >= leastBound)) {
    throw new GanymedeError("OPTION", {
      where: "codes within",
      expected: `a bound of at least ${leastBound}`,
      got: String(bound),
      fix: "use `truncation`, which scales codes, to come nearer to the middle",
    });
  }
  const isBeyond = (at: number) => Math.abs(values[at]!) > bound;
  let beyond = [...values.keys()].filter(isBeyond);
  for (let round = 0; beyond.length > 0; round++) {
    const again = new Float32Array(beyond.length);
    draw(again, round);
    beyond.forEach((at, i) => {
      values[at] = again[i]!;
    });
    beyond = beyond.filter(isBeyond);
  }
}

/**
 * Codes [count, layout.size]. Code i depends on the seed, on i and on `block`, the items that are drawn
 * at once.
 */
export function drawCodes(
  layout: CodeLayout,
  block: number,
  { seed, from = 0, count, truncation = 1, within }: Draw,
): Float32Array {
  const codes = new Float32Array(count * layout.size);
  const last = Math.floor((from + count - 1) / block);
  for (let number = Math.floor(from / block); number <= last; number++) {
    for (const part of layout.parts) {
      const drawn = new Float32Array(block * part.size);
      fillNoise(drawn, part, seed, `sample ${part.name}`, number);
      if (within !== undefined) {
        drawAgain(drawn, within, (into, round) =>
          fillNoise(into, part, seed, `sample ${part.name} again ${round}`, number),
        );
      }
      const [first, end] = [
        Math.max(from, number * block),
        Math.min(from + count, (number + 1) * block),
      ];
      for (let item = first; item < end; item++) {
        const at = (item - from) * layout.size + part.from;
        const start = (item - number * block) * part.size;
        for (let k = 0; k < part.size; k++) codes[at + k] = drawn[start + k]! * truncation;
      }
    }
  }
  return codes;
}

/** The rows of one part of codes, [count, part.size], filled up to `rows` with the first row. */
export function partRows(
  codes: Float32Array,
  layout: CodeLayout,
  { from, size }: CodePart,
  rows: number,
): Float32Array {
  const out = new Float32Array(rows * size);
  const count = codes.length / layout.size;
  for (let i = 0; i < rows; i++) {
    const at = (i < count ? i : 0) * layout.size + from;
    out.set(codes.subarray(at, at + size), i * size);
  }
  return out;
}
