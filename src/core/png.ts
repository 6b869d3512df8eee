import { encode } from "fast-png";
import { GanymedeError } from "./errors.ts";

/** Interleaved 8-bit pixels, rows from the top: data[(y·width + x)·channels + c]. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  /** 1 grey, 3 RGB, 4 RGBA. */
  readonly channels: 1 | 3 | 4;
  readonly data: Uint8Array;
}

/**
 * The bytes of a PNG file.
 *
 * @throws GanymedeError SHAPE when `data` does not hold width·height·channels bytes
 */
export function encodePng({ width, height, channels, data }: Raster): Uint8Array {
  requireLength("png", data.length, [height, width, channels]);
  return encode({ width, height, channels, data, depth: 8 });
}

export interface GridOptions {
  /** Images to show, the first of the batch. */
  readonly count: number;
  readonly channels: 1 | 3 | 4;
  readonly height: number;
  readonly width: number;
  /** Default: the least number that makes the grid at least as wide as high. */
  readonly columns?: number;
  /** Pixels between images and around the grid; default 2. */
  readonly gap?: number;
  /** Grey value of the gaps and of cells without an image, 0 … 255; default 96. */
  readonly background?: number;
}

/**
 * A batch of images as one raster, row by row.
 *
 * @param images [count, channels, height, width]: u8 in 0 … 255 or f32 in [-1, 1]. Values outside
 *   are clamped, NaN is drawn as 0
 * @throws GanymedeError SHAPE when there are fewer than `count` images, or `count` or `columns` is
 *   below 1
 */
export function imageGrid(images: Uint8Array | Float32Array, options: GridOptions): Raster {
  const { count, channels, height, width, gap = 2, background = 96 } = options;
  const columns = Math.min(count, options.columns ?? Math.ceil(Math.sqrt(count)));
  if (!(count >= 1 && columns >= 1)) {
    throw shapeError("image grid", "count and columns of at least 1", `${count}, ${columns}`);
  }
  const size = channels * height * width;
  requireLength("image grid", Math.min(images.length, count * size), [
    count,
    channels,
    height,
    width,
  ]);
  const pixels = images instanceof Uint8Array ? images : bytesOf(images.subarray(0, count * size));
  const raster = blank(
    gap + columns * (width + gap),
    gap + Math.ceil(count / columns) * (height + gap),
    channels,
    background,
  );
  for (let i = 0; i < count; i++) {
    const left = gap + (i % columns) * (width + gap);
    const top = gap + Math.floor(i / columns) * (height + gap);
    paste(pixels.subarray(i * size, (i + 1) * size), options, raster, left, top);
  }
  return raster;
}

/** [-1, 1] → 0 … 255, the inverse of value = byte·2/255 - 1. */
function bytesOf(values: Float32Array): Uint8Array {
  const bytes = new Uint8ClampedArray(values.length);
  for (let i = 0; i < values.length; i++) {
    bytes[i] = (values[i]! + 1) * 127.5;
  }
  return new Uint8Array(bytes.buffer);
}

/** One planar image [channels, height, width] into the interleaved raster. */
function paste(
  image: Uint8Array,
  { channels, height, width }: GridOptions,
  raster: Raster,
  left: number,
  top: number,
): void {
  for (let y = 0; y < height; y++) {
    const row = ((top + y) * raster.width + left) * channels;
    for (let c = 0; c < channels; c++) {
      for (let x = 0; x < width; x++) {
        raster.data[row + x * channels + c] = image[(c * height + y) * width + x]!;
      }
    }
  }
}

function blank(width: number, height: number, channels: 1 | 3 | 4, grey: number): Raster {
  const data = new Uint8Array(width * height * channels).fill(grey);
  if (channels === 4) {
    for (let i = 3; i < data.length; i += 4) {
      data[i] = 255;
    }
  }
  return { width, height, channels, data };
}

export type Colour = readonly [red: number, green: number, blue: number];

export interface PointSet {
  /** x, y, x, y, …; points out of bounds and points that are not finite are left out. */
  readonly points: Float32Array;
  readonly colour: Colour;
  /** (0, 1], default 0.6: overlapping points darken. */
  readonly opacity?: number;
  /** Pixels, default 1/180 of the picture. */
  readonly radius?: number;
}

export interface ScatterOptions {
  /** The window that is shown; y grows upwards. */
  readonly bounds: { readonly x: readonly [number, number]; readonly y: readonly [number, number] };
  /** Pixels of the square picture; default 512. */
  readonly size?: number;
}

/** Grey for real points, for the first set of a scatter. */
export const REAL_COLOUR: Colour = [150, 150, 150];
/** Blue for generated points, drawn over the real ones. */
export const FAKE_COLOUR: Colour = [31, 99, 235];

/**
 * Points of the plane as soft discs on white, later sets over earlier ones.
 *
 * @throws GanymedeError BOUNDS unless both bounds are finite and grow
 */
export function scatter(sets: readonly PointSet[], options: ScatterOptions): Raster {
  const { bounds, size = 512 } = options;
  requireWindow(bounds);
  const raster = blank(size, size, 3, 255);
  const across = (size - 1) / (bounds.x[1] - bounds.x[0]);
  const up = (size - 1) / (bounds.y[1] - bounds.y[0]);
  for (const { points, colour, opacity = 0.6, radius = Math.max(1, size / 180) } of sets) {
    for (let i = 0; i + 1 < points.length; i += 2) {
      const x = (points[i]! - bounds.x[0]) * across;
      const y = (bounds.y[1] - points[i + 1]!) * up;
      if (x >= 0 && x <= size - 1 && y >= 0 && y <= size - 1) {
        splat(raster, x, y, radius, colour, opacity);
      }
    }
  }
  return raster;
}

function requireWindow({ x, y }: ScatterOptions["bounds"]): void {
  for (const [low, high] of [x, y]) {
    if (!(Number.isFinite(high - low) && low < high)) {
      throw new GanymedeError("BOUNDS", {
        where: "scatter",
        expected: "finite bounds with the lower one first",
        got: `[${low}, ${high}]`,
        fix: "take the bounds from the real data",
      });
    }
  }
}

/** Blends a disc over the picture; a pixel's share falls from 1 to 0 over the last pixel of radius. */
function splat(
  { width, height, data }: Raster,
  x: number,
  y: number,
  radius: number,
  colour: Colour,
  opacity: number,
): void {
  const reach = radius + 0.5;
  const bottom = Math.min(height - 1, Math.floor(y + reach));
  const right = Math.min(width - 1, Math.floor(x + reach));
  for (let py = Math.max(0, Math.ceil(y - reach)); py <= bottom; py++) {
    for (let px = Math.max(0, Math.ceil(x - reach)); px <= right; px++) {
      const share = opacity * Math.min(1, Math.max(0, reach - Math.hypot(px - x, py - y)));
      const at = 3 * (py * width + px);
      for (let c = 0; c < 3; c++) {
        const under = data[at + c]!;
        data[at + c] = Math.round(under + share * (colour[c]! - under));
      }
    }
  }
}

function requireLength(where: string, length: number, shape: readonly number[]): void {
  const wanted = shape.reduce((product, size) => product * size, 1);
  if (length !== wanted) {
    throw shapeError(where, `${wanted} values for [${shape}]`, String(length));
  }
}

const shapeError = (where: string, expected: string, got: string) =>
  new GanymedeError("SHAPE", { where, expected, got, fix: "pass the size that the data have" });
