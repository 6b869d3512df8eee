import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { GanymedeError } from "../core/errors.ts";
import { type IdxArray, parseIdx } from "./idx.ts";

/**
 * Reads `folder/name.gz` or, unpacked, `folder/name`.
 *
 * @throws GanymedeError DATA_MISSING when neither can be read, DATA_TRUNCATED or DATA_FORMAT when it
 *   is damaged
 */
export function readIdx(folder: string, name: string): IdxArray & { readonly where: string } {
  const packed = join(folder, `${name}.gz`);
  const packedBytes = read(packed);
  if (packedBytes !== undefined) {
    return { ...parseIdx(unpack(packedBytes, packed), packed), where: packed };
  }
  const plain = join(folder, name);
  const bytes = read(plain);
  if (bytes === undefined) {
    throw new GanymedeError("DATA_MISSING", {
      where: packed,
      expected: `the file ${name}, with or without .gz`,
      got: "none",
      fix: "put it there or name the folder that holds it",
    });
  }
  return { ...parseIdx(bytes, plain), where: plain };
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

function unpack(bytes: Uint8Array, where: string): Uint8Array {
  try {
    return gunzipSync(bytes);
  } catch (error) {
    // zlib's name for an input that ends before its last block.
    const truncated = (error as NodeJS.ErrnoException).code === "Z_BUF_ERROR";
    throw new GanymedeError(
      truncated ? "DATA_TRUNCATED" : "DATA_FORMAT",
      {
        where,
        expected: "a whole gzip file",
        got: (error as Error).message,
        fix: "the file is damaged: get it again",
      },
      { cause: error },
    );
  }
}
