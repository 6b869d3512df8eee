import { GanymedeError } from "../core/errors.ts";
import { type Column, finiteSource } from "../data/finite.ts";
import { mirrored } from "../data/mirror.ts";
import type { Opening, Refusal, Source } from "../data/source.ts";
import { ofYourOwn } from "./of-your-own.ts";

/** Pictures of a page: files that somebody chose or dropped, or pixels it has already. */
export interface ImagesData {
  readonly kind: "images";
  /** Files of whatever kind the browser reads; of each the largest square in the middle is taken. */
  readonly images: readonly PageImage[];
  /** Pixels a side. */
  readonly side: number;
  /** 3 when absent; 1 for grey. */
  readonly channels?: 1 | 3;
  /** Class of each image, from 0. */
  readonly labels?: readonly number[];
  /** Name of each class. */
  readonly classes?: readonly string[];
  /** Whether every other image is turned left to right, by chance. */
  readonly mirror?: boolean;
}

/** A `File` is a `Blob`. */
export type PageImage = Blob | ImageBitmap | ImageData;

type Pen = OffscreenCanvasRenderingContext2D;

export async function openImages(data: ImagesData, opening: Opening): Promise<Source> {
  const { images, side, channels = 3 } = data;
  const canvas = new OffscreenCanvas(side, side);
  const pen = canvas.getContext("2d", { willReadFrequently: true })!;
  pen.imageSmoothingQuality = "high";
  const item = channels * side * side;
  const pixels = new Uint8Array(images.length * item);
  const good: number[] = [];
  const refused: Refusal[] = [];
  for (const [i, image] of images.entries()) {
    try {
      await draw(pen, image, side);
      const { data: rgba } = pen.getImageData(0, 0, side, side);
      planes(rgba, pixels.subarray(good.length * item, (good.length + 1) * item), channels);
      good.push(i);
    } catch (error) {
      refused.push({ name: nameOf(image, i), reason: String(error) });
    }
    opening.onProgress?.("decoding pictures", i + 1, images.length);
  }
  if (good.length === 0) throw noneLeft(refused);
  if (refused.length > 0) opening.onWarning?.(leftOut(refused, images.length));
  const field = { shape: [channels, side, side], dtype: "u8", scale: 2 / 255, offset: -1 } as const;
  const columns = {
    image: { field, data: pixels.subarray(0, good.length * item) },
    ...labelColumn(data, good),
  };
  const source = finiteSource({ id: "images", about: ofYourOwn }, columns);
  return data.mirror ? mirrored(source, "image") : source;
}

/** The largest square in the middle, scaled, on white where it is see-through. */
async function draw(pen: Pen, image: PageImage, side: number): Promise<void> {
  const bitmap = image instanceof ImageBitmap ? image : await createImageBitmap(image);
  const edge = Math.min(bitmap.width, bitmap.height);
  const [left, top] = [(bitmap.width - edge) / 2, (bitmap.height - edge) / 2];
  pen.fillStyle = "white";
  pen.fillRect(0, 0, side, side);
  pen.drawImage(bitmap, left, top, edge, edge, 0, 0, side, side);
  if (bitmap !== image) bitmap.close();
}

/** RGBA pixel by pixel → one plane a channel. Grey by Rec. 601, as JPEG has it. */
function planes(rgba: Uint8ClampedArray, to: Uint8Array, channels: 1 | 3): void {
  const plane = rgba.length / 4;
  for (let i = 0; i < plane; i++) {
    const [r, g, b] = [rgba[4 * i]!, rgba[4 * i + 1]!, rgba[4 * i + 2]!];
    if (channels === 1) to[i] = Math.round(0.299 * r + 0.587 * g + 0.114 * b);
    else {
      to[i] = r;
      to[plane + i] = g;
      to[2 * plane + i] = b;
    }
  }
}

function labelColumn({ labels, classes }: ImagesData, good: readonly number[]) {
  if (!labels) return {};
  const names = classes ?? Array.from({ length: Math.max(...labels) + 1 }, (_, i) => String(i));
  const field = { shape: [], dtype: "i32", scale: 1, offset: 0, classes: names } as const;
  return { label: { field, data: Int32Array.from(good, (i) => labels[i] ?? 0) } satisfies Column };
}

const nameOf = (image: PageImage, i: number): string =>
  image instanceof File ? image.name : `image ${i}`;

const leftOut = (refused: readonly Refusal[], count: number): string => {
  const [first] = refused;
  return `${refused.length} of ${count} pictures cannot be read, the first is ${first!.name} (${first!.reason})`;
};

const noneLeft = (refused: readonly Refusal[]) =>
  new GanymedeError("DATA_EMPTY", {
    where: "images",
    expected: "at least one picture that this browser reads",
    got: refused.length === 0 ? "no picture" : leftOut(refused, refused.length),
    fix: "choose PNG, JPEG or WebP files",
  });
