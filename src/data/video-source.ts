import { basename, resolve } from "node:path";
import { GanymedeError } from "../core/errors.ts";
import type { Entry } from "./entry.ts";
import { finiteSource } from "./finite.ts";
import { listFiles } from "./listing.ts";
import { mirrored } from "./mirror.ts";
import { attempt, pixelField } from "./pictures/build.ts";
import { gifFrames } from "./pictures/gif-frames.ts";
import { pictureName } from "./pictures/open.ts";
import { openDecoder } from "./pictures/open-decoder.ts";
import type { FrameOptions } from "./pictures/options.ts";
import type { Decoder, Frame } from "./pictures/raster.ts";
import { survey } from "./pictures/survey.ts";
import type { Opening, Source } from "./source.ts";
import { openStore, type Store, type StoreWriter } from "./store.ts";

export interface VideoOptions extends FrameOptions {
  readonly frames: number;
  readonly step?: number | undefined;
  readonly mirror: boolean;
}

/** A folder of frames in the order of their names, or a GIF. */
interface Clip {
  readonly name: string;
  readonly entries: readonly Entry[];
}

interface VideoNotes {
  /** Clips that gave no item, and why. */
  readonly bad: readonly (readonly [name: string, reason: string])[];
}

/**
 * Moving pictures: the field `video` u8 [frames, channels, height, width] in [-1, 1]. Each folder that
 * holds pictures is a clip, and so is each GIF; clips are cut into items, what is left over is not used.
 *
 * @throws GanymedeError DATA_MISSING, DATA_EMPTY when no clip is long enough, DISK_FULL
 */
export async function openVideo(options: VideoOptions, opening: Opening): Promise<Source> {
  const { frames, step = frames, mirror, ...frameOptions } = options;
  const listing = listFiles(resolve(options.path));
  const clips = clipsOf(listing.entries);
  const decoder = await openDecoder(options.decoder);
  const names = clips.flatMap((c) => c.entries.map(({ name, size, stamp }) => [name, size, stamp]));
  const { path: _, ...rest } = frameOptions;
  const store = await openStore<VideoNotes>({
    kind: "video",
    key: [decoder.id, rest, frames, step, listing.identity, names],
    async make(writer) {
      const entries = clips.flatMap((clip) => clip.entries);
      const { frame } = await survey(entries, decoder, rest);
      return fill(writer, clips, decoder, { frame, frames, step }, opening);
    },
  });
  return sourceOf(store, listing.where, clips, { mirror, frames }, opening);
}

function sourceOf(
  store: Store<VideoNotes>,
  where: string,
  clips: readonly Clip[],
  { mirror, frames }: { mirror: boolean; frames: number },
  { onWarning }: Opening,
): Source {
  const { bad } = store.notes;
  const [first] = bad;
  const example = first ? ` (${first[0]}: ${first[1]})` : "";
  if (store.count === 0) {
    throw new GanymedeError("DATA_EMPTY", {
      where,
      expected: `a folder of at least ${frames} pictures, or a GIF of as many`,
      got: `none among ${clips.length} clips${example}`,
      fix: "make the option frames smaller, or correct the path",
    });
  }
  if (first) onWarning?.(`${bad.length} of ${clips.length} clips cannot be used${example}`);
  const about = { title: basename(where), credit: "of your own", licence: "not stated" };
  const columns = { video: { field: store.fields.video!, rows: store.rows("video") } };
  const source = finiteSource({ id: "video", about }, columns);
  return mirror ? mirrored(source, "video") : source;
}

const folderOf = (name: string): string => name.slice(0, name.lastIndexOf("/") + 1);
const isGif = (name: string): boolean => /\.gif$/i.test(name);

function clipsOf(entries: readonly Entry[]): Clip[] {
  const clips = new Map<string, Entry[]>();
  for (const entry of entries) {
    if (!pictureName.test(entry.name)) continue;
    const clip = isGif(entry.name) ? entry.name : folderOf(entry.name);
    const list = clips.get(clip) ?? [];
    list.push(entry);
    clips.set(clip, list);
  }
  return [...clips].map(([name, list]) => ({ name: name || ".", entries: list }));
}

async function fill(
  writer: StoreWriter,
  clips: readonly Clip[],
  decoder: Decoder,
  { frame, frames, step }: { frame: Frame; frames: number; step: number },
  { onProgress }: Opening,
): Promise<VideoNotes> {
  const { channels, height, width } = frame;
  const most = clips.reduce((sum, { entries }) => sum + Math.ceil(entries.length / step), 0);
  await writer.begin({ video: pixelField([frames, channels, height, width]) }, most);
  const bad: [string, string][] = [];
  let done = 0;
  for (const { name, entries } of clips) {
    let held: Uint8Array[] = [];
    let made = 0;
    let skip = 0;
    let reason: string | undefined;
    for await (const picture of picturesOf(entries, decoder, frame)) {
      if (typeof picture === "string") {
        reason ??= picture;
        // No item goes on over a gap.
        held = [];
      } else if (skip > 0) skip -= 1;
      else held.push(picture);
      if (held.length < frames) continue;
      await writer.add({ video: Buffer.concat(held) });
      made += 1;
      held = held.slice(step);
      skip = Math.max(0, step - frames);
    }
    if (made === 0) bad.push([name, reason ?? `fewer than ${frames} frames`]);
    onProgress?.("clips decoded", ++done, clips.length);
  }
  return { bad };
}

async function* picturesOf(
  entries: readonly Entry[],
  decoder: Decoder,
  frame: Frame,
): AsyncGenerator<Uint8Array | string> {
  for (const entry of entries) {
    if (isGif(entry.name)) yield* gifFrames(entry, frame);
    else yield await attempt(entry, decoder, frame);
  }
}
