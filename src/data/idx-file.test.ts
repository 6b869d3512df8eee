import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { GanymedeError } from "../core/errors.ts";
import { readIdx } from "./idx-file.ts";

const folder = mkdtempSync(join(tmpdir(), "ganymede-idx-"));
afterAll(() => rmSync(folder, { recursive: true }));

const sound = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9);
const packed = gzipSync(sound);
const put = (name: string, bytes: Uint8Array) => writeFileSync(join(folder, name), bytes);

test("reads packed and unpacked files and says which", () => {
  put("a.gz", packed);
  put("b", sound);
  const data = Buffer.from([7, 8, 9]);
  expect(readIdx(folder, "a")).toEqual({ where: join(folder, "a.gz"), shape: [3], data });
  expect(readIdx(folder, "b")).toEqual({ where: join(folder, "b"), shape: [3], data });
});

const wrongSum = Uint8Array.from(packed);
wrongSum[packed.length - 5]! ^= 1;

test.each<[string, string, Uint8Array, string]>([
  ["a gzip that ends early", "cut.gz", packed.subarray(0, packed.length - 9), "DATA_TRUNCATED"],
  ["an empty gzip", "empty.gz", new Uint8Array(0), "DATA_TRUNCATED"],
  ["a gzip with a wrong checksum", "sum.gz", wrongSum, "DATA_FORMAT"],
  ["a page of text called .gz", "html.gz", Buffer.from("<html>404</html>"), "DATA_FORMAT"],
  ["a whole gzip of half a file", "half.gz", gzipSync(sound.subarray(0, 10)), "DATA_TRUNCATED"],
  ["an unpacked file that ends early", "short", sound.subarray(0, 9), "DATA_TRUNCATED"],
])("%s", (_, name, bytes, code) => {
  put(name, bytes);
  try {
    readIdx(folder, name.replace(".gz", ""));
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(GanymedeError);
    expect(error).toMatchObject({ code, fault: { where: join(folder, name) } });
  }
});

test("a missing file or folder is named, with what to do", () => {
  const missing = /nothing\.gz\] DATA_MISSING.*nothing, with or without .gz.*name the folder/;
  expect(() => readIdx(folder, "nothing")).toThrow(missing);
  expect(() => readIdx(join(folder, "no-such-folder"), "x")).toThrow(/DATA_MISSING/);
  put("plain-file", sound);
  expect(() => readIdx(join(folder, "plain-file"), "x")).toThrow(/DATA_MISSING/);
});

test("a folder in the file's place is refused by name", () => {
  mkdirSync(join(folder, "dir.gz"));
  expect(() => readIdx(folder, "dir")).toThrow(/dir\.gz\] DATA_MISSING.*EISDIR/);
});
