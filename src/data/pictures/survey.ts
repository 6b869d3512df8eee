import { availableParallelism } from "node:os";
import type { Entry } from "../entry.ts";
import { inOrder } from "../lanes.ts";
import { colourOf, type FrameOptions } from "./options.ts";
import type { Decoder, Frame, PictureInfo } from "./raster.ts";

/** Files that are read and decoded at once or wait to be stored. */
export const ahead = 2 * availableParallelism() + 2;

/** Pictures that are larger, or of several sizes, become `usual` pixels a side. */
const largestAsIs = 256;
const usual = 64;

/** The frame that options ask for, and by what rule where they leave it to the data. */
export interface Survey {
  readonly frame: Frame;
  /** One sentence on what was decided; absent where the options said it all. */
  readonly note?: string;
}

/** Reads the heads of as many files as it takes; those that cannot be read have no say. */
export async function survey(
  entries: readonly Entry[],
  decoder: Decoder,
  options: Omit<FrameOptions, "path">,
  onProgress: (done: number) => void = () => {},
): Promise<Survey> {
  const { side, height, fit, filter } = options;
  const background = colourOf(options.background);
  const rest = { fit, filter, background };
  const facts = new Facts(side === undefined, options.channels === undefined);
  let done = 0;
  const heads = inOrder(entries, ahead, (entry) => probe(entry, decoder));
  for await (const info of facts.isSettled ? [] : heads) {
    onProgress(++done);
    if (info) facts.add(info);
    if (facts.isSettled) break;
  }
  const [width, high] = side === undefined ? facts.size : [side, side];
  const channels = options.channels ?? facts.channels;
  const frame = { width, height: height ?? high, channels, ...rest };
  const note = `pictures of ${facts.isMixed ? "several sizes" : "more than 256 pixels"} become ${frame.width}x${frame.height}; choose another size with the option side`;
  return { frame, ...(side === undefined && facts.isResized && { note }) };
}

/** The head of a file; undefined where it has none. */
export async function probe(entry: Entry, decoder: Decoder): Promise<PictureInfo | undefined> {
  try {
    return await decoder.probe(await entry.read());
  } catch {
    // Decoding it will fail too, and say why.
    return undefined;
  }
}

/** What the heads have in common. */
class Facts {
  isMixed = false;
  private hasColour = false;
  private first: PictureInfo | undefined;
  private readonly wantsSize: boolean;
  private readonly wantsChannels: boolean;

  constructor(wantsSize: boolean, wantsChannels: boolean) {
    this.wantsSize = wantsSize;
    this.wantsChannels = wantsChannels;
  }

  add(info: PictureInfo): void {
    this.first ??= info;
    this.hasColour ||= !info.grey;
    this.isMixed ||= info.width !== this.first.width || info.height !== this.first.height;
  }

  /** Whether no further file could change anything. */
  get isSettled(): boolean {
    const size = !this.wantsSize || this.isMixed || (this.first && this.isTooLarge);
    return Boolean(size && (!this.wantsChannels || this.hasColour));
  }

  private get isTooLarge(): boolean {
    return Math.max(this.first!.width, this.first!.height) > largestAsIs;
  }

  get isResized(): boolean {
    return this.isMixed || (this.first !== undefined && this.isTooLarge);
  }

  get size(): readonly [number, number] {
    return this.first && !this.isResized ? [this.first.width, this.first.height] : [usual, usual];
  }

  get channels(): 1 | 3 {
    return this.hasColour ? 3 : 1;
  }
}
