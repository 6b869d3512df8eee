import type { Metadata, Sharp } from "sharp";
import { flattened, framed, planar, scaledSize } from "./framed.ts";
import { readHead } from "./head.ts";
import { type Decoder, type Frame, hasAlpha, type PictureInfo } from "./raster.ts";

/** 67 megapixels. */
const largest = 2 ** 26;

/** The filters that libvips has; it enlarges by others, so only for making smaller. */
const kernels: Readonly<Partial<Record<Frame["filter"], "lanczos3" | "cubic" | "linear">>> = {
  lanczos3: "lanczos3",
  cubic: "cubic",
  linear: "linear",
};

const bits: Readonly<Record<string, number>> = { uchar: 8, char: 8, ushort: 16, short: 16 };

/**
 * PNG, JPEG, WebP, GIF, TIFF and AVIF through sharp; undefined where sharp does not start. Colours
 * with a profile become sRGB, CMYK too. Pictures at least twice too large may be halved while they are
 * decoded, by the decoder's own averages; the filter does the rest.
 */
export async function sharpDecoder(): Promise<Decoder | undefined> {
  const sharp = await import("sharp").then(
    (module) => module.default,
    () => undefined,
  );
  if (!sharp) return undefined;
  // Errors in pixels are errors; warnings, such as odd metadata, are not.
  const open = (bytes: Uint8Array): Sharp =>
    sharp(bytes, { limitInputPixels: largest, failOn: "error", pages: 1 });
  return {
    id: "sharp",
    largest,
    formats: ["png", "jpeg", "webp", "gif", "tiff", "avif"],
    // The commonest formats in microseconds; sharp takes half a millisecond to start on a file.
    probe: (bytes) => plainly(async () => quickHead(bytes) ?? infoOf(await open(bytes).metadata())),
    decode: (bytes, info, frame) => plainly(() => decode(open(bytes), info, frame)),
  };
}

function quickHead(bytes: Uint8Array): PictureInfo | undefined {
  return bytes[0] === 0xff || bytes[0] === 0x89 ? readHead(bytes) : undefined;
}

function infoOf(meta: Metadata): PictureInfo {
  const { width, height } = meta.autoOrient;
  return {
    // libvips calls AVIF by its container.
    format: meta.format === "heif" ? "avif" : meta.format,
    width,
    height,
    grey: /^(b-w|grey16)$/.test(meta.space),
    alpha: meta.hasAlpha,
    depth: bits[meta.depth] ?? 32,
  };
}

async function decode(input: Sharp, info: PictureInfo, frame: Frame): Promise<Uint8Array> {
  const [r, g, b] = frame.background;
  const background = { r, g, b, alpha: hasAlpha(frame) ? 0 : 1 };
  const size = scaledSize(info, frame);
  const kernel = kernels[frame.filter];
  const shrinks = kernel && size.width <= info.width && size.height <= info.height;
  let image = input.autoOrient();
  if (info.alpha && !hasAlpha(frame)) image = image.flatten({ background });
  if (shrinks) {
    const { width, height, fit } = frame;
    image = image.resize({
      width,
      height,
      fit: fit === "stretch" ? "fill" : fit,
      kernel,
      background,
      fastShrinkOnLoad: false,
    });
  }
  const { data, info: made } = await image
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true });
  const pixels = { ...made, data };
  const whole = shrinks ? pixels : framed(flattened(pixels, frame), frame);
  return planar(whole, frame.channels);
}

/** libvips' complaints in one line. */
async function plainly<R>(work: () => Promise<R>): Promise<R> {
  try {
    return await work();
  } catch (error) {
    const [line = ""] = (error as Error).message.split("\n");
    const unknown = /unsupported image format|is missing|Input Buffer is empty/i.test(line);
    throw new Error(unknown ? "no picture of a known format" : line, { cause: error });
  }
}
