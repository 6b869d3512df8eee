import { GanymedeError } from "./errors.ts";

/** Element types of the .npy files that we write and read, by NumPy's names, little-endian. */
const arrays = {
  "<f4": Float32Array,
  "<f8": Float64Array,
  "<i4": Int32Array,
  "|u1": Uint8Array,
} as const;

export type NpyType = keyof typeof arrays;

/** An array of numbers, row-major. */
export interface NpyArray {
  readonly type: NpyType;
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | Int32Array | Uint8Array;
}

const magic = "\x93NUMPY\x01\x00";

/**
 * What stands before the elements in a .npy file of version 1.0: the elements follow as they lie in
 * memory. https://numpy.org/neps/nep-0001-npy-format.html
 */
export function npyHeader(type: NpyType, shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${tuple}), }`;
  // The elements begin at a multiple of 64 bytes; the header ends with a line break.
  const padded = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`;
  const head = `${magic}${String.fromCharCode(padded.length & 255, padded.length >> 8)}${padded}`;
  return Uint8Array.from(head, (c) => c.charCodeAt(0));
}

/** What a .npy file says before its elements. */
export interface NpyHead {
  /** NumPy's name of the elements' type, as `<f4`. */
  readonly type: string;
  readonly shape: readonly number[];
  /** Bytes before the first element. */
  readonly start: number;
}

/** Longer headers are of structured arrays. */
const longestHeader = 10_000;

/**
 * Reads the head from the first bytes of a .npy file.
 *
 * @throws GanymedeError NPY_FORMAT for another file, or an array that is not row-major
 */
export function npyHead(where: string, bytes: Uint8Array): NpyHead {
  const latin = (from: number, to: number) =>
    String.fromCharCode(...bytes.subarray(from, Math.min(to, bytes.length)));
  const wide = bytes[6] === 1 ? 0 : 2;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || latin(0, 6) !== magic.slice(0, 6)) throw wrong(where, "another file");
  const start = 10 + wide + (wide ? view.getUint32(8, true) : view.getUint16(8, true));
  const header = latin(10 + wide, Math.min(start, longestHeader));
  const shapeText = /'shape': *\(([\d, ]*)\)/.exec(header)?.[1];
  if (shapeText === undefined || !header.includes("'fortran_order': False")) {
    throw wrong(where, "an array that is not row-major");
  }
  const type = /'descr': *'([^']+)'/.exec(header)?.[1] ?? "none";
  const shape = shapeText.split(",").flatMap((n) => (n.trim() === "" ? [] : [Number(n)]));
  return { type, shape, start };
}

/**
 * The array in a .npy file.
 *
 * @param where named in errors
 * @throws GanymedeError NPY_FORMAT
 */
export function decodeNpy(where: string, bytes: Uint8Array): NpyArray {
  const { type, shape, start } = npyHead(where, bytes);
  if (!Object.hasOwn(arrays, type)) throw wrong(where, `elements of type ${type}`);
  const Elements = arrays[type as NpyType];
  const size = shape.reduce((n, d) => n * d, 1) * Elements.BYTES_PER_ELEMENT;
  if (start + size !== bytes.length) throw wrong(where, `${bytes.length - start} of ${size} bytes`);
  // A copy, since elements must lie at a multiple of their size.
  return {
    type: type as NpyType,
    shape,
    data: new Elements(new Uint8Array(bytes.subarray(start)).buffer),
  };
}

const wrong = (where: string, got: string) =>
  new GanymedeError("NPY_FORMAT", {
    where,
    expected: `a whole .npy file of ${Object.keys(arrays).join(", ")}, row-major`,
    got,
    fix: "save it again, as numpy.save does for C-ordered float32",
  });
