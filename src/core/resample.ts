/**
 * How the neighbours of a position are weighed. "bilinear" and "nearest" look at the nearest pixels
 * whatever the scale (PyTorch's `interpolate`, align_corners = false); the others widen with the
 * scale when shrinking: "area" weighs by overlap, "bilinear-antialias", "bicubic-antialias"
 * (a = −½) and "lanczos3" are Pillow's filters in float arithmetic.
 */
export const filters = [
  "nearest",
  "bilinear",
  "area",
  "bilinear-antialias",
  "bicubic-antialias",
  "lanczos3",
] as const;
export type Filter = (typeof filters)[number];

interface Kernel {
  readonly support: number;
  readonly weight: (x: number) => number;
}

const triangle: Kernel = { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) };

/** Keys 1981 with a = −½. */
const cubic: Kernel = {
  support: 2,
  weight: (signed) => {
    const x = Math.abs(signed);
    if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
    return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
  },
};

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

const lanczos3: Kernel = {
  support: 3,
  weight: (x) => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0),
};

type Row = (output: number, from: number, scale: number) => readonly [number, number][];

/** Weights of the inputs whose centres lie under the kernel, widened by the scale when shrinking. */
const widened =
  ({ support, weight }: Kernel): Row =>
  (output, from, scale) => {
    const width = Math.max(1, scale);
    const centre = (output + 0.5) * scale;
    const first = Math.max(0, Math.floor(centre - support * width + 0.5));
    const end = Math.min(from, Math.floor(centre + support * width + 0.5));
    return span(first, end, (i) => weight((i + 0.5 - centre) / width));
  };

const rows: Record<Filter, Row> = {
  nearest: (output, from, scale) => [[Math.min(from - 1, Math.floor(output * scale)), 1]],
  bilinear: (output, from, scale) => {
    const position = Math.max(0, (output + 0.5) * scale - 0.5);
    const low = Math.min(from - 1, Math.floor(position));
    const high = Math.min(from - 1, low + 1);
    return [
      [low, 1 - (position - low)],
      [high, position - low],
    ];
  },
  area: (output, from, scale) => {
    const [low, high] = [output * scale, (output + 1) * scale];
    const end = Math.min(from, Math.ceil(high));
    return span(Math.floor(low), end, (i) => Math.min(i + 1, high) - Math.max(i, low));
  },
  "bilinear-antialias": widened(triangle),
  "bicubic-antialias": widened(cubic),
  lanczos3: widened(lanczos3),
};

const span = (first: number, end: number, weight: (i: number) => number): [number, number][] =>
  Array.from({ length: end - first }, (_, k) => [first + k, weight(first + k)]);

/** Weights of the inputs that one output looks at: a run of them from `first` on. They sum to 1. */
export interface Tap {
  readonly first: number;
  readonly weights: Float64Array;
}

/** What each of the `to` outputs of an axis of `from` inputs looks at. */
export function resampleTaps(from: number, to: number, filter: Filter): Tap[] {
  return Array.from({ length: to }, (_, output) => {
    // sin π·n is not quite 0 in floating point, and the ends may have no weight.
    const found = rows[filter](output, from, from / to).filter(([, w]) => w !== 0);
    const total = found.reduce((sum, [, w]) => sum + w, 0);
    const first = found[0]![0];
    const weights = new Float64Array(found.at(-1)![0] - first + 1);
    for (const [i, w] of found) weights[i - first]! += w / total;
    return { first, weights };
  });
}

/** The matrix [to, from] that resamples an axis, row-major, in float64; each row sums to 1. */
export function resampleMatrix(from: number, to: number, filter: Filter): Float64Array {
  const matrix = new Float64Array(to * from);
  resampleTaps(from, to, filter).forEach(({ first, weights }, output) => {
    matrix.set(weights, output * from + first);
  });
  return matrix;
}
