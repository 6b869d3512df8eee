import type { Entry } from "../entry.ts";
import { inOrder, Room } from "../lanes.ts";
import type { Field, Opening } from "../source.ts";
import { openStore, type Store } from "../store.ts";
import type { FrameOptions } from "./options.ts";
import type { Decoder, Frame } from "./raster.ts";
import { ahead, survey } from "./survey.ts";

/** What a store of pictures remembers beside them. */
export interface PictureNotes {
  /** Index of an entry that is not among the items, and why. */
  readonly bad: readonly (readonly [index: number, reason: string])[];
  readonly note?: string;
}

/** Memory of pictures being decoded, in bytes; larger ones are decoded alone. */
const room = new Room(400 * 2 ** 20);

/** What networks see of 8-bit pixels: [-1, 1]. */
export const pixelField = (shape: readonly number[]): Field => ({
  shape,
  dtype: "u8",
  scale: 2 / 255,
  offset: -1,
});

/** Finds the decoded pictures in the cache, or decodes them, as many at once as there are cores. */
export function storePictures(
  { entries, identity }: { entries: readonly Entry[]; identity: string },
  decoder: Decoder,
  { path: _, ...options }: FrameOptions,
  { onProgress }: Opening,
): Promise<Store<PictureNotes>> {
  const names = entries.map(({ name, size, stamp }) => [name, size, stamp]);
  const tell = (what: string) => (done: number) => onProgress?.(what, done, entries.length);
  return openStore({
    kind: "pictures",
    key: [decoder.id, options, identity, names],
    async make(writer) {
      const { frame, note } = await survey(entries, decoder, options, tell("pictures looked at"));
      const { channels, height, width } = frame;
      await writer.begin({ image: pixelField([channels, height, width]) }, entries.length);
      const bad: [number, string][] = [];
      const told = tell("pictures decoded");
      let done = 0;
      for await (const image of inOrder(entries, ahead, (e) => attempt(e, decoder, frame))) {
        if (typeof image === "string") bad.push([done, image]);
        else await writer.add({ image });
        told(++done);
      }
      return { bad, ...(note !== undefined && { note }) };
    },
  });
}

/** The picture, or the reason why there is none. */
export async function attempt(
  entry: Entry,
  decoder: Decoder,
  frame: Frame,
): Promise<Uint8Array | string> {
  try {
    const bytes = await entry.read();
    if (bytes.length === 0) return "empty";
    const info = await decoder.probe(bytes);
    const { width, height, depth, format } = info;
    if (!decoder.formats.includes(format)) return `${format} is not read by ${decoder.id}`;
    if (!(width >= 1 && height >= 1)) return `of ${width}x${height} pixels`;
    if (width * height > decoder.largest) {
      const limit = Math.floor(decoder.largest / 1e6);
      return `of ${width}x${height} pixels, more than ${limit} million`;
    }
    const cost = width * height * 4 * Math.max(1, depth / 8);
    return await room.with(cost, () => decoder.decode(bytes, info, frame));
  } catch (error) {
    return (error as Error).message.split("\n")[0]!;
  }
}
