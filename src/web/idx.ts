import { GanymedeError } from "../core/errors.ts";
import { type DigitSide, toSide } from "../data/digit-side.ts";
import { finiteSource } from "../data/finite.ts";
import { type IdxArray, labelledImages, parseIdx } from "../data/idx.ts";
import type { Opening, Source } from "../data/source.ts";
import { ofYourOwn } from "./of-your-own.ts";

/** Grey images in IDX files, as MNIST comes, packed with gzip or not. */
export interface IdxData {
  readonly kind: "idx";
  readonly images: IdxFrom;
  /** Class of each image; conditional systems need them. */
  readonly labels?: IdxFrom;
  /** Name of each class; the digits when absent. */
  readonly classes?: readonly string[];
  /** Pixels a side of images of 28x28, as the data source mnist has it; as they are when absent. */
  readonly side?: DigitSide;
  readonly about?: Source["about"];
}

/** An address, seen from the page, or the bytes themselves. */
export type IdxFrom = string | Blob | ArrayBuffer;

const digits = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

export async function openIdx(data: IdxData, opening: Opening): Promise<Source> {
  const { classes = digits, side = 28, about = ofYourOwn } = data;
  const images = await read(data.images, "images", opening);
  const count = images.shape[0]!;
  const labels = data.labels
    ? await read(data.labels, "labels", opening)
    : { where: "labels", shape: [count], data: new Uint8Array(count) };
  const columns = labelledImages(images, labels, classes);
  const [, height, width] = images.shape;
  if (side !== 28 && (height !== 28 || width !== 28)) {
    throw new GanymedeError("DATA_FORMAT", {
      where: images.where,
      expected: "images of 28x28, to make others of them",
      got: `${height}x${width}`,
      fix: "leave the side out",
    });
  }
  const image = side === 28 ? columns.image : toSide(columns.image, side);
  const { label } = columns;
  return finiteSource({ id: "idx", about }, { image, ...(data.labels && { label }) });
}

async function read(
  from: IdxFrom,
  name: string,
  opening: Opening,
): Promise<IdxArray & { readonly where: string }> {
  const where = typeof from === "string" ? from : name;
  const packed = typeof from === "string" ? await download(from, opening) : await bytesOf(from);
  const isPacked = packed[0] === 0x1f && packed[1] === 0x8b;
  return { ...parseIdx(isPacked ? await unpack(packed, where) : packed, where), where };
}

const bytesOf = async (from: Blob | ArrayBuffer) =>
  new Uint8Array(from instanceof Blob ? await from.arrayBuffer() : from);

async function download(address: string, { onProgress }: Opening): Promise<Uint8Array> {
  const response = await fetch(address).catch((error: unknown) => String(error));
  if (typeof response === "string" || !response.ok || !response.body) {
    throw new GanymedeError("DATA_MISSING", {
      where: address,
      expected: "a file there",
      got: typeof response === "string" ? response : `status ${response.status}`,
      fix: "correct the address, or let its server allow other pages to read it (CORS)",
    });
  }
  const length = Number(response.headers.get("content-length")) || undefined;
  const chunks: Uint8Array[] = [];
  let done = 0;
  for (const reader = response.body.getReader(); ; ) {
    const { value } = await reader.read();
    if (!value) break;
    chunks.push(value);
    done += value.length;
    onProgress?.(`fetching ${address.split("/").at(-1)}`, done, length);
  }
  return new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer());
}

async function unpack(packed: Uint8Array, where: string): Promise<Uint8Array> {
  try {
    const stream = new Blob([packed as BlobPart]).stream();
    const unpacked = new Response(stream.pipeThrough(new DecompressionStream("gzip")));
    return new Uint8Array(await unpacked.arrayBuffer());
  } catch (cause) {
    throw new GanymedeError(
      "DATA_FORMAT",
      {
        where,
        expected: "a whole gzip file",
        got: String(cause),
        fix: "the file is damaged: get it again",
      },
      { cause },
    );
  }
}
