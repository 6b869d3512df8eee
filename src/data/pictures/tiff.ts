/**
 * TIFF in plain JavaScript. The library believes what a file says of itself, so that a few wrong bytes
 * take gigabytes or minutes: it is given a copy that has been looked at first. TIFF 6.0, sections 2 and 7.
 */
import type { Pixels } from "./raster.ts";
import { unpackers } from "./strips.ts";

/** What the pictures need; other tags, among them those that lead to further directories, are blanked. */
const needed = new Set([
  256, 257, 258, 259, 262, 266, 273, 274, 277, 278, 279, 284, 317, 320, 322, 323, 324, 325, 338,
  339,
]);
/** A tag that means nothing to anybody. */
const blank = 65_000;
/** Bytes of the types BYTE, ASCII, SHORT and LONG. */
const sizes: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4 };
const long = 4;

/** A tag: where it stands in the file, and its values. */
interface Tag {
  readonly at: number;
  readonly values: readonly number[];
}
type Tags = ReadonlyMap<number, Tag>;

/** @throws Error with a reason in a few words */
export async function readTiff(bytes: Uint8Array, largest: number): Promise<Pixels> {
  const { default: utif } = await import("utif2");
  const { buffer } = unpacked(bytes, largest);
  const [first] = utif.decode(buffer);
  if (!first) throw new Error("a TIFF without a picture");
  utif.decodeImage(buffer, first);
  const { width, height } = first;
  return { width, height, channels: 4, data: utif.toRGBA8(first) };
}

/** A copy with one strip, which is not packed, behind the file; further directories are gone. */
function unpacked(bytes: Uint8Array, largest: number): Uint8Array<ArrayBuffer> {
  const head = new Uint8Array(bytes);
  const tags = blanked(head);
  const { height, row, rows, unpack } = layoutOf(tags, largest);
  const copy = new Uint8Array(head.length + height * row);
  copy.set(head);
  const strips = Math.ceil(height / rows);
  const [offsets, lengths] = [273, 279].map((tag) => tags.get(tag)?.values ?? []);
  if (offsets!.length !== strips || lengths!.length !== strips) {
    throw new Error("damaged: its strips do not make the picture");
  }
  for (let i = 0; i < strips; i++) {
    const packed = head.subarray(offsets![i]!, offsets![i]! + lengths![i]!);
    const from = head.length + i * rows * row;
    unpack(packed, copy.subarray(from, from + Math.min(rows, height - i * rows) * row));
  }
  const view = new DataView(copy.buffer);
  const little = view.getUint16(0) === 0x4949;
  const write = (tag: number, value: number) => {
    const found = tags.get(tag);
    if (!found) return;
    view.setUint16(found.at + 2, long, little);
    view.setUint32(found.at + 4, 1, little);
    view.setUint32(found.at + 8, value, little);
  };
  write(259, 1);
  write(273, head.length);
  write(278, height);
  write(279, height * row);
  return copy;
}

/** The tags of the first directory; blanks the others, and the way to further directories. */
function blanked(bytes: Uint8Array): Tags {
  const view = new DataView(bytes.buffer);
  const little = view.getUint16(0) === 0x4949;
  const directory = view.getUint32(4, little);
  const count = view.getUint16(directory, little);
  const tags = new Map<number, Tag>();
  for (let i = 0; i < count; i++) {
    const at = directory + 2 + 12 * i;
    const tag = view.getUint16(at, little);
    const size = sizes[view.getUint16(at + 2, little)];
    if (needed.has(tag) && size !== undefined) {
      tags.set(tag, { at, values: valuesAt(view, at, size, little) });
      continue;
    }
    view.setUint16(at, blank, little);
    view.setUint16(at + 2, 1, little);
    view.setUint32(at + 4, 1, little);
  }
  view.setUint32(directory + 2 + 12 * count, 0, little);
  return tags;
}

function valuesAt(view: DataView, at: number, size: number, little: boolean): number[] {
  const count = view.getUint32(at + 4, little);
  const start = count * size <= 4 ? at + 8 : view.getUint32(at + 8, little);
  if (start + count * size > view.byteLength)
    throw new Error("damaged: a tag leads out of the file");
  return Array.from({ length: count }, (_, i) => {
    if (size === 1) return view.getUint8(start + i);
    return size === 2
      ? view.getUint16(start + 2 * i, little)
      : view.getUint32(start + 4 * i, little);
  });
}

/** Bytes of a row, rows of a strip, and what unpacks one. */
function layoutOf(tags: Tags, largest: number) {
  const one = (tag: number, otherwise: number) => tags.get(tag)?.values[0] ?? otherwise;
  const [width, height] = [one(256, 0), one(257, 0)];
  if (!(width * height > 0 && width * height <= largest))
    throw new Error(`of ${width}x${height} pixels`);
  const packing = one(259, 1);
  const unpack = unpackers[packing];
  // The library talks to the console about tiles.
  if (!unpack || tags.has(322))
    throw new Error(`in tiles or packed by method ${packing}: sharp reads it`);
  const [bits, samples] = [one(258, 1), one(277, 1)];
  const isUsual = [1, 2, 4, 8, 16].includes(bits) && samples >= 1 && samples <= 5;
  if (!isUsual || one(284, 1) !== 1) throw new Error("values in an order that only sharp reads");
  const rows = Math.min(height, one(278, height));
  if (rows < 1) throw new Error("damaged: strips without rows");
  return { height, rows, row: Math.ceil((width * bits * samples) / 8), unpack };
}
