import type { Entry } from "../listing.ts";
import { flattened, framed, planar } from "./framed.ts";
import type { Frame } from "./raster.ts";

/** Pixels of all frames together, which are held at once: 256 MiB. */
const largest = 2 ** 26;

/** The frames of a GIF as they are seen, planar; or one reason why there are none. */
export async function* gifFrames(entry: Entry, frame: Frame): AsyncGenerator<Uint8Array | string> {
  try {
    const bytes = (await entry.read()) as Uint8Array<ArrayBuffer>;
    const { decode, decodeFrames } = await import("modern-gif");
    const gif = decode(bytes);
    const pixels = gif.width * gif.height * gif.frames.length;
    if (pixels > largest) {
      yield `${gif.frames.length} frames of ${gif.width}x${gif.height}, more than can be held`;
      return;
    }
    for (const { width, height, data } of decodeFrames(bytes, { gif })) {
      const whole = { width, height, channels: 4, data: new Uint8Array(data.buffer) };
      yield planar(framed(flattened(whole, frame), frame), frame.channels);
    }
  } catch (error) {
    yield (error as Error).message.split("\n")[0]!;
  }
}
