import { readFileSync } from "node:fs";
import { join } from "node:path";
import { constants, gunzipSync } from "node:zlib";
import { GanymedeError } from "../core/errors.ts";
import { type IdxArray, idxLength, parseIdx } from "./idx.ts";

/** An array and the file that it came from. */
export type IdxFile = IdxArray & { readonly where: string };

/** Bytes that are unpacked to read the header. */
const headPart = 512;
/** Deflate never packs better than this. RFC 1951: 258 bytes in 2 bits. */
const bestRatio = 1032;
/** Larger arrays are not unpacked: 768 MiB. */
const largest = 3 * 2 ** 28;

/**
 * Reads `folder/name.gz` or, unpacked, `folder/name`.
 *
 * @throws GanymedeError DATA_MISSING when neither can be read, DATA_TRUNCATED or DATA_FORMAT when it
 *   is damaged
 */
export function readIdx(folder: string, name: string): IdxFile {
  const packed = join(folder, `${name}.gz`);
  const found = readIdxFile(packed) ?? readIdxFile(join(folder, name));
  if (found) return found;
  throw new GanymedeError("DATA_MISSING", {
    where: packed,
    expected: `the file ${name}, with or without .gz`,
    got: "none",
    fix: "put it there or name the folder that holds it",
  });
}

/** Reads an IDX file, packed or not; undefined when there is none. Throws as `readIdx`. */
export function readIdxFile(path: string): IdxFile | undefined {
  const bytes = read(path);
  if (!bytes) return undefined;
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return { ...parseIdx(isPacked ? unpack(bytes, path) : bytes, path), where: path };
}

/** The file's bytes; undefined when there is no such file. */
function read(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") {
      return undefined;
    }
    const fix = "make it a file that you may read";
    const fault = { where: path, expected: "a readable file", got: String(code), fix };
    throw new GanymedeError("DATA_MISSING", fault, { cause: error });
  }
}

/** No more than the header announces: what is packed may be made to fill memories. */
function unpack(bytes: Uint8Array, where: string): Uint8Array {
  try {
    const finishFlush = constants.Z_SYNC_FLUSH;
    const head = gunzipSync(bytes.subarray(0, headPart), { finishFlush });
    const length = idxLength(head, where);
    if (length > bestRatio * bytes.length) {
      throw truncated(where, `${bytes.length} packed bytes for ${length}`);
    }
    if (length > largest) throw new RangeError(`${length} bytes, more than ${largest}`);
    return gunzipSync(bytes, { maxOutputLength: length + 1 });
  } catch (error) {
    if (error instanceof GanymedeError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    // zlib's name for an input that ends before its last block.
    if (code === "Z_BUF_ERROR") throw truncated(where, message, error);
    const got = code === "ERR_BUFFER_TOO_LARGE" ? "more bytes than its header announces" : message;
    const fix = "the file is damaged: get it again";
    const fault = { where, expected: "a whole gzip file", got, fix };
    throw new GanymedeError("DATA_FORMAT", fault, { cause: error });
  }
}

const truncated = (where: string, got: string, cause?: unknown) =>
  new GanymedeError(
    "DATA_TRUNCATED",
    { where, expected: "a whole gzip file", got, fix: "the file is damaged: get it again" },
    { cause },
  );
