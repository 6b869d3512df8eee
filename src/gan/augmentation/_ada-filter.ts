import { constant } from "../../engine/ir/leaves.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import {
  add,
  div,
  matmul,
  mul,
  oneHot,
  reshape,
  sqrt,
  square,
  sub,
  sum,
} from "../../engine/ops/index.ts";
import { type MapAxis, mappedAlong, sizeAlong } from "../transforms/_along.ts";
import type { Chance } from "../transforms/transform.ts";
import { type Draw, doublings } from "./_ada-geometry.ts";

/** Daubechies' wavelet with two vanishing moments, low-pass; symlets 2 are the same. */
const wavelet = [-0.12940952255092145, 0.22414386804185735, 0.836516303737469, 0.48296291314469025];

const convolved = (a: readonly number[], b: readonly number[]): number[] => {
  const out = new Array<number>(a.length + b.length - 1).fill(0);
  for (const [i, x] of a.entries()) for (const [j, y] of b.entries()) out[i + j]! += x * y;
  return out;
};

const halved = (a: readonly number[]): number[] => a.map((x) => x / 2);

/** Zeros between neighbours: the filter of an octave below. */
const spread = (a: readonly number[]): number[] =>
  a.flatMap((x, i) => (i < a.length - 1 ? [x, 0] : [x]));

/** `a` with `b` added to its middle. */
const plusMiddle = (a: readonly number[], b: readonly number[]): number[] => {
  const first = (a.length - b.length) / 2;
  return a.map((x, i) => x + (b[i - first] ?? 0));
};

/**
 * Four band-pass filters of octaves, lowest first, of one odd length, which add up to the identity:
 * each time the bands so far are moved an octave down, smoothed, and the upper half band joins.
 */
export function octaves(): number[][] {
  const high = wavelet.map((x, i) => x * (-1) ** i);
  const [low2, high2] = [wavelet, high].map((h) => halved(convolved(h, h.toReversed())));
  let bands: number[][] = [[1], [0], [0], [0]];
  for (let i = 1; i < 4; i++) {
    bands = bands.map((band) => convolved(spread(band), low2!));
    bands[i] = plusMiddle(bands[i]!, high2!);
  }
  return bands;
}

/** Power of natural images in each octave, per Karras et al., appendix B. */
const power = [10 / 13, 1 / 13, 1 / 13, 1 / 13];

/** Gains f32[n, 4] of 2^N(0, 1) on each band in turn, scaled so that the expected power stays. */
function gains(chance: Chance, n: number, draw: Draw): Tensor {
  return power.reduce(
    (all, _, band) => {
      const gain = reshape(draw(doublings(chance, n, 1), 1), { shape: [n, 1] });
      const only = oneHot(constant(band, [n], "i32"), { depth: power.length });
      const one = add(mul(only, sub(gain, 1)), 1);
      const expected = sum(mul(square(one), constant(power, [1, power.length])), {
        axes: [1],
        keep: true,
      });
      return mul(all, div(one, sqrt(expected)));
    },
    constant(1, [n, power.length]),
  );
}

/** For each tap of a filter, which pixel it reads for which, mirrored at the edges: [taps, size·size]. */
function taps(count: number, size: number): Tensor {
  const all = new Float64Array(count * size * size);
  const last = size - 1;
  for (let k = 0; k < count; k++) {
    for (let i = 0; i < size; i++) {
      const at = i + k - (count - 1) / 2;
      const within = ((at % (2 * last)) + 2 * last) % (2 * last);
      all[(k * size + i) * size + last - Math.abs(within - last)]! += 1;
    }
  }
  return constant(all, [count, size * size]);
}

/** Each of four octaves made stronger or weaker by 2^N(0, 1), along both axes alike. */
export function filtered(images: Tensor, chance: Chance, draw: Draw): Tensor {
  const n = images.shape[0]!;
  const bands = octaves();
  const length = bands[0]!.length;
  const filters = matmul(gains(chance, n, draw), constant(bands.flat(), [bands.length, length]));
  const along = (x: Tensor, axis: MapAxis) => {
    const size = sizeAlong(x, axis);
    const matrices = reshape(matmul(filters, taps(length, size)), { shape: [n, size, size] });
    return mappedAlong(x, matrices, axis);
  };
  return along(along(images, "height"), "width");
}
