import { type NpyHead, npyHead } from "../core/npy.ts";
import type { Entry } from "./entry.ts";

/** Bytes in which any head ends. */
const headPart = 2 ** 16;

type Reader = (bytes: Uint8Array) => ArrayLike<number>;
type Numbers = new (buffer: ArrayBuffer) => ArrayLike<number>;

/** Elements must lie at a multiple of their size, so pieces are copied. */
const as =
  (Elements: Numbers): Reader =>
  (bytes) =>
    new Elements(new Uint8Array(bytes).buffer);

/** IEEE 754 binary16. */
function half(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent ? 2 ** (exponent - 25) * (1024 + fraction) : 2 ** -24 * fraction);
}

/** NumPy's element types as numbers: bytes of one, and how many are read. */
const types: Readonly<Record<string, readonly [size: number, read: Reader]>> = {
  "|b1": [1, (bytes) => bytes],
  "|u1": [1, (bytes) => bytes],
  "|i1": [1, as(Int8Array)],
  "<u2": [2, as(Uint16Array)],
  "<i2": [2, as(Int16Array)],
  "<f2": [2, (bytes) => Array.from(as(Uint16Array)(bytes) as Uint16Array, half)],
  "<u4": [4, as(Uint32Array)],
  "<i4": [4, as(Int32Array)],
  "<f4": [4, as(Float32Array)],
  "<f8": [8, as(Float64Array)],
  "<u8": [8, (bytes) => Array.from(new BigUint64Array(new Uint8Array(bytes).buffer), Number)],
  "<i8": [8, (bytes) => Array.from(new BigInt64Array(new Uint8Array(bytes).buffer), Number)],
};

/** A .npy file that is read item by item, along its first axis. */
export interface NpyItems extends Pick<NpyHead, "type" | "shape"> {
  /** Values of one item after another; throws Error when there are fewer than the shape says. */
  items(): AsyncGenerator<ArrayLike<number>>;
}

/**
 * Opens a .npy file, or one in a .npz. Its elements are read when `items` is.
 *
 * @throws GanymedeError NPY_FORMAT, or Error with a reason in a few words
 */
export async function openNpy(where: string, entry: Entry): Promise<NpyItems> {
  const head = npyHead(where, await firstBytes(entry, headPart));
  const known = types[head.type];
  if (!known) throw new Error(`elements of type ${head.type}, of ${Object.keys(types).join(", ")}`);
  const [bytesEach, read] = known;
  const [count = 0, ...rest] = head.shape;
  const size = rest.reduce((n, d) => n * d, bytesEach);
  const wanted = head.start + count * size;
  if (!Number.isSafeInteger(wanted) || wanted !== entry.size) {
    throw new Error(`${entry.size} bytes for [${head.shape}] of ${head.type}, not ${wanted}`);
  }
  return {
    type: head.type,
    shape: head.shape,
    async *items() {
      if (size === 0) return;
      for await (const bytes of cut(entry.pieces(), head.start, size)) yield read(bytes);
    },
  };
}

async function firstBytes(entry: Entry, size: number): Promise<Uint8Array> {
  const held: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of entry.pieces()) {
    held.push(piece);
    bytes += piece.length;
    if (bytes >= size) break;
  }
  return Buffer.concat(held).subarray(0, size);
}

/** A stream without its first `skip` bytes, in pieces of `size`; a rest is left out. */
async function* cut(
  pieces: AsyncIterable<Uint8Array>,
  skip: number,
  size: number,
): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array(0);
  let left = skip;
  for await (const piece of pieces) {
    const skipped = Math.min(left, piece.length);
    left -= skipped;
    rest = rest.length > 0 ? Buffer.concat([rest, piece]) : piece.subarray(skipped);
    let at = 0;
    for (; at + size <= rest.length; at += size) yield rest.subarray(at, at + size);
    rest = rest.subarray(at);
  }
}
