import type { Filter } from "../../core/resample.ts";
import { makeResizer, type Resizer } from "../../core/resize.ts";
import { type Frame, filters, hasAlpha, type Pixels } from "./raster.ts";

/** The size that a picture is resized to before it is cut or padded to its frame. */
export function scaledSize(
  { width, height }: Pick<Pixels, "width" | "height">,
  frame: Pick<Frame, "width" | "height" | "fit">,
): { width: number; height: number } {
  const [across, down] = [frame.width / width, frame.height / height];
  if (frame.fit === "stretch") return { width: frame.width, height: frame.height };
  const scale = frame.fit === "cover" ? Math.max(across, down) : Math.min(across, down);
  // The side that fits exactly must not be a pixel off.
  return {
    width: across === scale ? frame.width : Math.max(1, Math.round(width * scale)),
    height: down === scale ? frame.height : Math.max(1, Math.round(height * scale)),
  };
}

/** Resizes, then cuts or pads, in plain JavaScript; what is transparent counts by its opacity. */
export function framed(pixels: Pixels, frame: Frame): Pixels {
  const size = scaledSize(pixels, frame);
  const resized = resize(pixels, size, filters[frame.filter]);
  const { width, height } = frame;
  if (size.width === width && size.height === height) return resized;
  const { channels } = pixels;
  const data = padding(frame, channels);
  // Half a pixel too many goes to the right and below, as in sharp.
  const left = Math.floor((width - size.width) / 2);
  const top = Math.floor((height - size.height) / 2);
  const [first, end] = [Math.max(0, left), Math.min(width, left + size.width)];
  for (let y = Math.max(0, top); y < Math.min(height, top + size.height); y++) {
    const from = ((y - top) * size.width + first - left) * channels;
    const row = resized.data.subarray(from, from + (end - first) * channels);
    data.set(row, (y * width + first) * channels);
  }
  return { width, height, channels, data };
}

function padding({ width, height, background }: Frame, channels: number): Uint8Array {
  const data = new Uint8Array(width * height * channels);
  const colour = channels < 3 ? [luma(...background), 0] : [...background, 0];
  for (let i = 0; i < data.length; i++) data[i] = colour[i % channels]!;
  return data;
}

/** Weights of the last few pairs of sizes: a folder's pictures are often all alike. */
const resizers = new Map<string, Resizer>();
const kept = 8;

function resizerOf(from: readonly [number, number], to: readonly [number, number], filter: Filter) {
  const key = `${from} ${to} ${filter}`;
  const resizer = resizers.get(key) ?? makeResizer(from, to, filter);
  resizers.delete(key);
  resizers.set(key, resizer);
  if (resizers.size > kept) resizers.delete(resizers.keys().next().value!);
  return resizer;
}

function resize(
  { width, height, channels, data }: Pixels,
  to: { width: number; height: number },
  filter: Filter,
): Pixels {
  if (width === to.width && height === to.height) return { width, height, channels, data };
  const resizer = resizerOf([height, width], [to.height, to.width], filter);
  const [before, after] = [width * height, to.width * to.height];
  const plane = new Float32Array(before);
  const shrunk = new Float32Array(after);
  const out = new Uint8ClampedArray(after * channels);
  const alpha = channels % 2 === 0 ? channels - 1 : undefined;
  const opacity = new Float32Array(alpha === undefined ? 0 : after);
  if (alpha !== undefined) {
    for (let i = 0; i < before; i++) plane[i] = data[i * channels + alpha]! / 255;
    resizer(plane, opacity);
    for (let i = 0; i < after; i++) out[i * channels + alpha] = 255 * opacity[i]!;
  }
  for (let c = 0; c < (alpha ?? channels); c++) {
    for (let i = 0; i < before; i++) {
      const share = alpha === undefined ? 1 : data[i * channels + alpha]! / 255;
      plane[i] = share * data[i * channels + c]!;
    }
    resizer(plane, shrunk);
    for (let i = 0; i < after; i++) {
      const share = alpha === undefined ? 1 : opacity[i]!;
      out[i * channels + c] = share > 0 ? shrunk[i]! / share : 0;
    }
  }
  return { ...to, channels, data: new Uint8Array(out.buffer) };
}

/** Lays a picture with alpha over a colour, for frames without alpha; others are as they were. */
export function flattened(pixels: Pixels, frame: Frame): Pixels {
  const { width, height, channels, data } = pixels;
  if (channels % 2 === 1 || hasAlpha(frame)) return pixels;
  const colours = channels - 1;
  const { background } = frame;
  const under = colours === 1 ? [luma(...background)] : background;
  const out = new Uint8Array(width * height * colours);
  for (let i = 0; i < width * height; i++) {
    const share = data[i * channels + colours]! / 255;
    for (let c = 0; c < colours; c++) {
      out[i * colours + c] = Math.round(share * data[i * channels + c]! + (1 - share) * under[c]!);
    }
  }
  return { width, height, channels: colours, data: out };
}

/** ITU-R BT.601 luma of 8-bit colours, rounded: what Pillow calls L. */
const luma = (r: number, g: number, b: number): number =>
  Math.round(0.299 * r + 0.587 * g + 0.114 * b);

/** Interleaved pixels as planes [channels, height, width]; colour becomes grey by luma. */
export function planar({ width, height, channels: from, data }: Pixels, to: number): Uint8Array {
  const area = width * height;
  const out = new Uint8Array(area * to);
  const [colours, wanted] = [from < 3 ? 1 : 3, to < 3 ? 1 : 3];
  for (let c = 0; c < wanted; c++) {
    const channel = colours === 1 ? 0 : c;
    const plane = out.subarray(c * area, (c + 1) * area);
    if (colours === 3 && wanted === 1) {
      for (let i = 0, k = 0; i < area; i++, k += from) {
        plane[i] = luma(data[k]!, data[k + 1]!, data[k + 2]!);
      }
    } else {
      for (let i = 0, k = channel; i < area; i++, k += from) plane[i] = data[k]!;
    }
  }
  if (to % 2 === 0) {
    const plane = out.subarray(wanted * area);
    for (let i = 0; i < area; i++) plane[i] = from % 2 === 0 ? data[i * from + from - 1]! : 255;
  }
  return out;
}
