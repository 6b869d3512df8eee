import {
  type Colour,
  encodePng,
  FAKE_COLOUR,
  type GridOptions,
  imageGrid,
  type Raster,
  REAL_COLOUR,
  scatter,
} from "../core/png.ts";
import type { Field, ItemArray } from "../data/source.ts";
import { sizeOf } from "../engine/ir/type.ts";
import { isPicture, pixelsOf } from "./pixels.ts";

/** How many items make a good picture: a grid of 8x8 images, a cloud of points. */
export const pictureSize = (field: Field): number => (isPicture(field) ? 64 : 2000);

/** Whether real items belong in the picture: points say little without the data behind them. */
export const showsReal = (field: Field): boolean => !isPicture(field);

/** The picture of `raster` as a PNG file. */
export const picture = (...parts: Parameters<typeof raster>): Uint8Array =>
  encodePng(raster(...parts));

/**
 * A picture of items: images as a grid, numbers as a histogram, points as a scatter of their
 * first two coordinates.
 *
 * @param items [count, …field.shape] as networks see them, row-major
 * @param real raw items of the data, drawn in grey behind points and beside numbers
 */
export function raster(items: Float32Array, field: Field, real?: ItemArray): Raster {
  const { shape, scale, offset } = field;
  if (isPicture(field)) return imageSheet(pixelsOf(items, field), field);
  const raw = Float32Array.from(items, (v) => (v - offset) / scale);
  const clouds = [...(real ? [Float32Array.from(real)] : []), raw];
  const axes = sizeOf(shape);
  if (axes === 1) return histogram(clouds);
  const points = clouds.map((c) => interleave(c, axes));
  const colours = real ? [REAL_COLOUR, FAKE_COLOUR] : [FAKE_COLOUR];
  return scatter(
    points.map((p, i) => ({ points: p, colour: colours[i]! })),
    { bounds: squareAround(points[0]!) },
  );
}

/** Images as `pixelsOf` gives them, in a grid. */
export function imageSheet(
  pixels: Uint8Array,
  { shape }: Pick<Field, "shape">,
  layout: Pick<GridOptions, "columns" | "gap" | "background"> = {},
): Raster {
  const [channels, height, width] = shape as [1 | 3 | 4, number, number];
  const count = pixels.length / sizeOf(shape);
  return imageGrid(pixels, { ...layout, count, channels, height, width });
}

/** x, y, x, y, … of points with `axes` coordinates. */
function interleave(points: Float32Array, axes: number): Float32Array {
  if (axes === 2) return points;
  return Float32Array.from({ length: (points.length / axes) * 2 }, (_, i) => {
    return points[Math.floor(i / 2) * axes + (i % 2)]!;
  });
}

/** A square window around nearly all points, so that a stray one does not shrink the rest. */
function squareAround(points: Float32Array) {
  const x = span(points.filter((_, i) => i % 2 === 0));
  const y = span(points.filter((_, i) => i % 2 === 1));
  const half = Math.max(x[1] - x[0], y[1] - y[0]) * 0.65;
  const around = ([low, high]: readonly [number, number]) =>
    [(low + high) / 2 - half, (low + high) / 2 + half] as const;
  return { x: around(x), y: around(y) };
}

/** The 0.5 % and 99.5 % quantiles, never equal. */
function span(values: Float32Array): readonly [number, number] {
  const sorted = values.filter(Number.isFinite).sort();
  const at = (q: number) => sorted[Math.round(q * (sorted.length - 1))] ?? 0;
  const [low, high] = [at(0.005), at(0.995)];
  return high > low ? [low, high] : [low - 1, high + 1];
}

const bins = 64;
const barWidth = 8;
const height = 256;

/** Bars of density over a common window; sets that overlap blend. */
function histogram(sets: readonly Float32Array[]): Raster {
  const [low, high] = span(sets[0]!);
  const margin = 0.25 * (high - low);
  const counts = sets.map((values) => countBins(values, low - margin, high + margin));
  const tallest = Math.max(...counts.flatMap((c) => [...c]), Number.MIN_VALUE);
  const width = bins * barWidth;
  const data = new Uint8Array(width * height * 3).fill(255);
  const colours = sets.length > 1 ? [REAL_COLOUR, FAKE_COLOUR] : [FAKE_COLOUR];
  counts.forEach((shares, set) => {
    shares.forEach((share, bin) => {
      const rows = Math.round((share / tallest) * (height - 8));
      fillBar(data, width, bin, rows, colours[set]!);
    });
  });
  return { width, height, channels: 3, data };
}

function countBins(values: Float32Array, low: number, high: number): Float64Array {
  const shares = new Float64Array(bins);
  for (const v of values) {
    const bin = Math.floor(((v - low) / (high - low)) * bins);
    if (bin >= 0 && bin < bins) shares[bin]! += 1 / values.length;
  }
  return shares;
}

function fillBar(data: Uint8Array, width: number, bin: number, rows: number, colour: Colour): void {
  for (let y = height - rows; y < height; y++) {
    for (let x = bin * barWidth; x < (bin + 1) * barWidth - 1; x++) {
      for (let c = 0; c < 3; c++) {
        const at = (y * width + x) * 3 + c;
        data[at] = Math.round((data[at]! + colour[c]!) / 2);
      }
    }
  }
}
