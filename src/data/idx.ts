/**
 * The IDX format of MNIST and its kin: 0, 0, type, number of dimensions, the dimensions as
 * big-endian u32, the values. Source: LeCun, Cortes, Burges, "The MNIST database", file formats.
 */
import { GanymedeError } from "../core/errors.ts";
import type { Column } from "./finite.ts";

/** Unsigned bytes of any number of dimensions. */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;

/**
 * Reads an unpacked IDX file of unsigned bytes. `data` is a view into `bytes`.
 *
 * @param where the file's name, for errors
 * @throws GanymedeError DATA_FORMAT for another kind of file or trailing bytes, DATA_TRUNCATED when
 *   it ends early
 */
export function parseIdx(bytes: Uint8Array, where: string): IdxArray {
  const shape = idxShape(bytes, where);
  const end = idxLength(bytes, where);
  requireBytes(bytes, end, where);
  if (bytes.length > end) {
    throw formatError(where, `${end} bytes for [${shape}]`, `${bytes.length}`);
  }
  return { shape, data: bytes.subarray(4 + 4 * shape.length, end) };
}

/** Bytes of the whole file, as its header says. Throws as `parseIdx`. */
export function idxLength(bytes: Uint8Array, where: string): number {
  const shape = idxShape(bytes, where);
  return 4 + 4 * shape.length + shape.reduce((product, size) => product * size, 1);
}

function idxShape(bytes: Uint8Array, where: string): number[] {
  requireBytes(bytes, 4, where);
  const [zero, alsoZero, type, rank] = bytes as unknown as [number, number, number, number];
  if (zero !== 0 || alsoZero !== 0 || type !== UNSIGNED_BYTE || rank === 0) {
    const got = [zero, alsoZero, type, rank].map((byte) => byte.toString(16)).join(" ");
    throw formatError(where, "an IDX file of unsigned bytes (00 00 08 …)", `a file with ${got}`);
  }
  requireBytes(bytes, 4 + 4 * rank, where);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
}

/** Grey images and their labels as columns `image` u8 [1, h, w] in [-1, 1] and `label` i32 []. */
export interface LabelledImages {
  readonly image: Column;
  readonly label: Column;
}

/**
 * Joins an image file and a label file.
 *
 * @param classes name of each label
 * @throws GanymedeError DATA_FORMAT when they do not belong together or a label has no class
 */
export function labelledImages(
  images: IdxArray & { readonly where: string },
  labels: IdxArray & { readonly where: string },
  classes: readonly string[],
): LabelledImages {
  const [count, height, width] = images.shape;
  if (images.shape.length !== 3 || images.data.length === 0) {
    throw formatError(images.where, "images of [count, height, width]", `[${images.shape}]`);
  }
  if (labels.shape.length !== 1 || labels.data.length !== count) {
    throw formatError(labels.where, `${count} labels, one per image`, `[${labels.shape}]`);
  }
  const stray = labels.data.findIndex((label) => label >= classes.length);
  if (stray >= 0) {
    const got = `${labels.data[stray]} at item ${stray}`;
    throw formatError(labels.where, `labels from 0 to ${classes.length - 1}`, got);
  }
  const pixels = { dtype: "u8", scale: 2 / 255, offset: -1 } as const;
  return {
    image: { field: { shape: [1, height!, width!], ...pixels }, data: images.data },
    label: {
      field: { shape: [], dtype: "i32", scale: 1, offset: 0, classes },
      data: Int32Array.from(labels.data),
    },
  };
}

function requireBytes(bytes: Uint8Array, wanted: number, where: string): void {
  if (bytes.length < wanted) {
    throw new GanymedeError("DATA_TRUNCATED", {
      where,
      expected: `at least ${wanted} bytes`,
      got: `${bytes.length}`,
      fix: "the file ends early: get it again",
    });
  }
}

const formatError = (where: string, expected: string, got: string) =>
  new GanymedeError("DATA_FORMAT", { where, expected, got, fix: "get the official file again" });
