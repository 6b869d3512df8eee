import { flattened, framed, planar } from "./framed.ts";
import { readGif } from "./gif-frames.ts";
import { type Head, readHead } from "./head.ts";
import type { Decoder, Pixels } from "./raster.ts";
import { readTiff } from "./tiff.ts";

/** 17 megapixels: plain decoders hold several copies of a picture. */
const largest = 2 ** 24;

type Reader = (bytes: Uint8Array) => Promise<Pixels>;

/**
 * PNG, JPEG, GIF and TIFF in plain JavaScript, for where sharp does not start: slower, and colour
 * profiles are not looked at.
 */
export const plainDecoder: Decoder = {
  id: "plain",
  largest,
  formats: ["png", "jpeg", "gif", "tiff"],
  probe: async (bytes) => readHead(bytes),
  async decode(bytes, _, frame) {
    const head = readHead(bytes);
    const read = readers[head.format]!;
    const pixels = upright(await read(bytes), head);
    return planar(framed(flattened(pixels, frame), frame), frame.channels);
  },
};

const readers: Readonly<Record<string, Reader>> = {
  png: readPng,
  jpeg: async (bytes) => {
    const { decode } = (await import("jpeg-js")).default;
    const limits = { maxResolutionInMP: largest / 1e6, maxMemoryUsageInMB: 768 };
    const options = { useTArray: true, tolerantDecoding: false, ...limits } as const;
    return { ...decode(bytes, options), channels: 4 };
  },
  gif: async (bytes) => {
    const [first] = await readGif(bytes, 1);
    if (!first) throw new Error("a GIF without a picture");
    return first;
  },
  tiff: (bytes) => readTiff(bytes, largest),
};

async function readPng(bytes: Uint8Array): Promise<Pixels> {
  const { decode, convertIndexedToRgb } = await import("fast-png");
  const png = decode(bytes, { checkCrc: true });
  const { width, height, depth, palette, transparency } = png;
  if (palette) {
    return { width, height, channels: palette[0]!.length, data: convertIndexedToRgb(png) };
  }
  const values = depth < 8 ? unpacked(png.data as Uint8Array, png) : png.data;
  const most = 2 ** depth - 1;
  const scaled = depth === 8 ? values : values.map((v) => Math.round((255 * v) / most));
  const pixels = { width, height, channels: png.channels, data: Uint8Array.from(scaled) };
  return transparency ? keyed(pixels, values, transparency) : pixels;
}

/** Grey samples of 1, 2 or 4 bits; rows begin at whole bytes. */
function unpacked(
  packed: Uint8Array,
  { width, height, depth }: { width: number; height: number; depth: number },
): Uint8Array {
  const row = Math.ceil((width * depth) / 8);
  const mask = 2 ** depth - 1;
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const bit = (i % width) * depth;
    const byte = packed[Math.floor(i / width) * row + (bit >> 3)]!;
    return (byte >> (8 - depth - (bit & 7))) & mask;
  });
}

/** One colour that stands for nothing, tRNS, as alpha. */
function keyed(
  { width, height, channels, data }: Pixels,
  values: ArrayLike<number>,
  key: Uint16Array,
): Pixels {
  const wide = channels + 1;
  const out = new Uint8Array(width * height * wide).fill(255);
  for (let i = 0; i < width * height; i++) {
    let same = true;
    for (let c = 0; c < channels; c++) {
      out[i * wide + c] = data[i * channels + c]!;
      same &&= values[i * channels + c] === key[c];
    }
    if (same) out[i * wide + channels] = 0;
  }
  return { width, height, channels: wide, data: out };
}

/** Turns a picture as its EXIF orientation says: where each pixel of the result lies in the file. */
function upright(pixels: Pixels, { orientation }: Head): Pixels {
  if (orientation === 1) return pixels;
  const { width: w, height: h, channels, data } = pixels;
  const swaps = orientation >= 5;
  const [width, height] = swaps ? [h, w] : [w, h];
  const fromRight = [2, 3, 7, 8].includes(orientation);
  const fromBelow = [3, 4, 6, 7].includes(orientation);
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = swaps ? [y, x] : [x, y];
      const from = (fromBelow ? h - 1 - v : v) * w + (fromRight ? w - 1 - u : u);
      const to = y * width + x;
      for (let c = 0; c < channels; c++) out[to * channels + c] = data[from * channels + c]!;
    }
  }
  return { width, height, channels, data: out };
}
