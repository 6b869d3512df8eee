import { type Filter, resampleTaps, type Tap } from "./resample.ts";

const one = Float64Array.of(1);

/** An axis that keeps its size is copied: sin π·n is not quite 0 in floating point. */
const tapsOf = (from: number, to: number, filter: Filter): Tap[] =>
  from === to
    ? Array.from({ length: to }, (_, first) => ({ first, weights: one }))
    : resampleTaps(from, to, filter);

/** Resamples one plane [height, width] into `out`. */
export type Resizer = (plane: Float32Array, out: Float32Array) => void;

/**
 * Resampling of planes from one size to another: first along rows, then along columns, as Pillow does
 * with images of floats; sums in float64, results in float32. An axis that keeps its size is copied
 * bit for bit. Same weights as `resample` in graphs.
 *
 * @param from [height, width] of what comes
 * @param to [height, width] of what is wanted
 */
export function makeResizer(
  [fromHeight, fromWidth]: readonly [number, number],
  [height, width]: readonly [number, number],
  filter: Filter,
): Resizer {
  if (fromHeight === height && fromWidth === width) return (plane, out) => out.set(plane);
  const columns = tapsOf(fromWidth, width, filter);
  const rows = tapsOf(fromHeight, height, filter);
  const between = new Float32Array(fromHeight * width);
  return (plane, out) => {
    along(plane, between, columns, { lines: fromHeight, line: fromWidth, step: 1 });
    along(between, out, rows, { lines: width, line: 1, step: width });
  };
}

/** Where the elements of a line lie: lines begin `line` apart, their elements `step`. */
interface Layout {
  readonly lines: number;
  readonly line: number;
  readonly step: number;
}

/** Applies the taps to each line; the output keeps the layout, its lines being as long as the taps. */
function along(
  from: Float32Array,
  out: Float32Array,
  taps: readonly Tap[],
  { lines, line, step }: Layout,
): void {
  const outLine = step === 1 ? taps.length : line;
  for (let l = 0; l < lines; l++) {
    for (let i = 0; i < taps.length; i++) {
      const { first, weights } = taps[i]!;
      let sum = 0;
      let at = l * line + first * step;
      for (let k = 0; k < weights.length; k++, at += step) sum += weights[k]! * from[at]!;
      out[l * outLine + i * step] = sum;
    }
  }
}
