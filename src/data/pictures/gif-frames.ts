import type { Entry } from "../entry.ts";
import { flattened, framed, planar } from "./framed.ts";
import type { Frame, Pixels } from "./raster.ts";

/** Pixels of all frames together, which are held at once: 256 MiB. */
const largest = 2 ** 26;

/**
 * The frames of a GIF as they are seen, RGBA; the first `count` of them.
 *
 * @throws Error with a reason in a few words
 */
export async function readGif(
  bytes: Uint8Array,
  count = Number.POSITIVE_INFINITY,
): Promise<Pixels[]> {
  const { decode, decodeFrames } = await import("modern-gif");
  const source = bytes as Uint8Array<ArrayBuffer>;
  const gif = quietly(() => decode(source));
  const frames = gif.frames.slice(0, count);
  const area = gif.width * gif.height;
  // A frame's own size may be a lie, and memory is taken for it.
  const pixels = frames.reduce((sum, f) => sum + Math.max(area, f.width * f.height), 0);
  if (pixels > largest) throw new Error(`${frames.length} frames of more pixels than can be held`);
  return decodeFrames(source, { gif: { ...gif, frames } }).map(({ width, height, data }) => ({
    width,
    height,
    channels: 4,
    data: new Uint8Array(data.buffer),
  }));
}

/** The frames of a GIF, planar; or one reason why there are none. */
export async function* gifFrames(entry: Entry, frame: Frame): AsyncGenerator<Uint8Array | string> {
  try {
    for (const pixels of await readGif(await entry.read())) {
      yield planar(framed(flattened(pixels, frame), frame), frame.channels);
    }
  } catch (error) {
    yield (error as Error).message.split("\n")[0]!;
  }
}

/** The library writes about blocks that it does not know to the console. */
function quietly<R>(work: () => R): R {
  const { warn } = console;
  console.warn = () => {};
  try {
    return work();
  } finally {
    console.warn = warn;
  }
}
