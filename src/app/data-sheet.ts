import { encodePng, imageGrid } from "../core/png.ts";
import { type Batch, type Field, isLabel, type Source } from "../data/source.ts";
import { picture, pictureSize } from "../train/picture.ts";

/** Items of a sheet, and frames of one that moves. */
const [rows, columns] = [8, 8];
const longest = 16;

/** Seed of the order in which items are drawn. */
const seed = 0;

/**
 * The first items that a discriminator is shown in training, as a PNG: images as a grid, moving ones a
 * row each, points as a scatter. Undefined for what cannot be drawn, such as text.
 */
export function dataSheet(source: Source): Uint8Array | undefined {
  const found = Object.entries(source.fields).find(([, f]) => !isLabel(f) && f.dtype !== "i32");
  if (!found) return undefined;
  const [name, field] = found;
  const isImage = field.shape.length >= 3;
  const count = Math.min(source.size, isImage ? rows * columns : pictureSize(field));
  const items = seen(source.batch(0, count, seed), name, field);
  if (!isImage) return picture(items, field);
  const [channels, height, width] = field.shape.slice(-3) as [number, number, number];
  const frames = field.shape.length > 3 ? field.shape[0]! : 1;
  const shown = Math.min(frames, longest);
  const across = frames > 1 ? shown : columns;
  const total = frames > 1 ? shown * Math.min(count, rows) : count;
  const images = framesOf(items, { frames, shown, total, area: height * width, channels });
  const drawn = channels === 2 ? 4 : (channels as 1 | 3 | 4);
  const grid = { count: total, channels: drawn, height, width, columns: across };
  return encodePng(imageGrid(images, grid));
}

/** As networks see them. */
const seen = (batch: Batch, name: string, { scale, offset }: Field): Float32Array =>
  Float32Array.from(batch[name]!, (v) => v * scale + offset);

/** The first frames of each item, grey with alpha as RGBA. */
function framesOf(
  items: Float32Array,
  of: { frames: number; shown: number; total: number; area: number; channels: number },
): Float32Array {
  const { frames, shown, total, area, channels } = of;
  const size = channels * area;
  const planes = channels === 2 ? [0, 0, 0, 1] : Array.from({ length: channels }, (_, c) => c);
  const out = new Float32Array(total * planes.length * area);
  for (let i = 0; i < total; i++) {
    const from = (Math.floor(i / shown) * frames + (i % shown)) * size;
    planes.forEach((c, k) => {
      const plane = items.subarray(from + c * area, from + (c + 1) * area);
      out.set(plane, (i * planes.length + k) * area);
    });
  }
  return out;
}
