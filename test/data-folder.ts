import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, vi } from "vitest";

/** A folder for one test file, with a cache of its own; removed in the end. Writes files into it. */
export function dataFolder() {
  const root = mkdtempSync(join(tmpdir(), "ganymede-data-"));
  beforeAll(() => {
    vi.stubEnv("GANYMEDE_CACHE", join(root, "cache"));
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    rmSync(root, { recursive: true });
  });
  /** The path of a file that has been written. */
  const write = (name: string, bytes: Uint8Array | string): string => {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    return path;
  };
  return { root, write };
}

/** A grey IDX file or one of labels. */
export function idxBytes(shape: readonly number[], values: ArrayLike<number>): Uint8Array {
  const head = Buffer.alloc(4 + 4 * shape.length);
  head[2] = 8;
  head[3] = shape.length;
  shape.forEach((n, i) => {
    head.writeUInt32BE(n, 4 + 4 * i);
  });
  return Buffer.concat([head, Uint8Array.from(values)]);
}

/** A .npy file, version 1.0. */
export function npyBytes(
  type: string,
  shape: readonly number[],
  data: ArrayBufferView,
): Uint8Array {
  const tuple = shape.map((n) => `${n}, `).join("");
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const padded = `${text.padEnd(118 - 1)}\n`;
  const head = Buffer.from(`\x93NUMPY\x01\x00\x76\x00${padded}`, "latin1");
  return Buffer.concat([head, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]);
}
