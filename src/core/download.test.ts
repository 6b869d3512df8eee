import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { type DownloadOptions, download } from "./download.ts";

const file = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 7 + (i >> 8)) % 251);
const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const hash = hashOf(file);

type Answer = (headers: IncomingHttpHeaders, response: ServerResponse) => void;
/** What the server says to one request after another; the last one repeats. */
let answers: Answer[] = [];
let asked: IncomingHttpHeaders[] = [];
const server = createServer(({ headers }, response) => {
  asked.push(headers);
  (answers.length > 1 ? answers.shift()! : answers[0]!)(headers, response);
});
await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/model.onnx`;
const folder = mkdtempSync(join(tmpdir(), "download-"));
afterAll(async () => {
  rmSync(folder, { recursive: true });
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

let path = "";
let number = 0;
beforeEach(() => {
  path = join(folder, `${number++}`, "model.onnx");
  asked = [];
  breakOff = undefined;
});
/** What a server does when the client has as many bytes. */
let breakOff: { after: number; now(): void } | undefined;
const get = (more: Partial<DownloadOptions> = {}) =>
  download({
    ...{ url, path, sha256: hash, pause: 1, retries: 2, ...more },
    onProgress(bytes, total) {
      more.onProgress?.(bytes, total);
      if (breakOff && bytes >= breakOff.after) breakOff.now();
    },
  });
const part = () => `${path}.part`;

/** A server that knows ranges and tags, as RFC 9110 has it. */
const proper =
  (etag: string, bytes = file): Answer =>
  (headers, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0);
    const fresh = headers["if-range"] === undefined || headers["if-range"] === etag;
    const rest = fresh ? bytes.subarray(from) : bytes;
    const range = `bytes ${from}-${bytes.length - 1}/${bytes.length}`;
    response.writeHead(from > 0 && fresh ? 206 : 200, {
      etag,
      "content-length": rest.length,
      ...(from > 0 && fresh && { "content-range": range }),
    });
    response.end(rest);
  };

/** Says the whole length and breaks off after `sent` bytes. */
const cut =
  (etag: string | undefined, sent: number, bytes = file): Answer =>
  (_, response) => {
    response.writeHead(200, { "content-length": bytes.length, ...(etag && { etag }) });
    response.write(bytes.subarray(0, sent));
    // Not sooner: a stream that fails throws away what has not been read yet.
    breakOff = { after: sent, now: () => response.destroy() };
  };

const status =
  (code: number): Answer =>
  (_, response) =>
    response.writeHead(code).end();

test("a whole file, with progress up to its length, and no part left", async () => {
  answers = [proper('"a"')];
  const seen: (number | undefined)[][] = [];
  const done = await get({ onProgress: (...p: (number | undefined)[]) => seen.push(p) });
  expect(done).toEqual({ sha256: hash, bytes: file.length, resumed: 0 });
  expect(hashOf(readFileSync(path))).toBe(hash);
  expect(seen.at(-1)).toEqual([file.length, file.length]);
  expect(existsSync(part()) || existsSync(`${part()}.from`)).toBe(false);
});

test("goes on after a cut, from where it was, asking for the same file", async () => {
  answers = [cut('"a"', 80_000), proper('"a"')];
  const done = await get();
  expect(done.resumed).toBe(80_000);
  expect(asked[1]).toMatchObject({ range: "bytes=80000-", "if-range": '"a"' });
  expect(hashOf(readFileSync(path))).toBe(hash);
});

test("goes on in a later call", async () => {
  answers = [cut('"a"', 50_000)];
  await expect(get({ retries: 0 })).rejects.toMatchObject({ code: "DOWNLOAD_FAILED" });
  expect(existsSync(path)).toBe(false);
  answers = [proper('"a"')];
  expect((await get()).resumed).toBe(50_000);
});

test("a server without ranges: from the start", async () => {
  const plain: Answer = (_, response) => response.end(file);
  answers = [cut('"a"', 80_000), plain];
  expect((await get()).resumed).toBe(0);
  expect(hashOf(readFileSync(path))).toBe(hash);
});

test("a file that changed in between: its tag differs, so all of it comes anew", async () => {
  const older = file.slice().fill(1);
  answers = [cut('"old"', 80_000, older), proper('"new"')];
  expect((await get()).resumed).toBe(0);
  expect(hashOf(readFileSync(path))).toBe(hash);
});

test("halves of two files without tags: the hash tells, and all of it comes anew", async () => {
  const older = file.slice().fill(1);
  const untagged: Answer = (headers, response) => proper("", file)(headers, response);
  answers = [cut(undefined, 80_000, older), untagged];
  expect((await get()).resumed).toBe(0);
  expect(asked).toHaveLength(3);
});

test("without tag and hash nothing is resumed", async () => {
  answers = [cut(undefined, 80_000), (_, response) => response.end(file)];
  const done = await download({ url, path, pause: 1 });
  expect(asked[1]!.range).toBeUndefined();
  expect(done).toEqual({ sha256: hash, bytes: file.length, resumed: 0 });
});

test("another file than the wanted one is not kept: DOWNLOAD_HASH", async () => {
  answers = [proper('"a"', file.slice().fill(2))];
  await expect(get()).rejects.toMatchObject({ code: "DOWNLOAD_HASH" });
  expect(asked).toHaveLength(1);
  expect(existsSync(path) || existsSync(part())).toBe(false);
});

test("404 at once, 503 after all attempts: DOWNLOAD_FAILED", async () => {
  answers = [status(404)];
  await expect(get()).rejects.toMatchObject({ code: "DOWNLOAD_FAILED" });
  expect(asked).toHaveLength(1);
  answers = [status(503)];
  await expect(get()).rejects.toMatchObject({ code: "DOWNLOAD_FAILED" });
  expect(asked).toHaveLength(4);
});

test("503 that passes", async () => {
  answers = [status(503), proper('"a"')];
  expect((await get()).bytes).toBe(file.length);
});

test("a server that falls silent is cut off: DOWNLOAD_FAILED", async () => {
  answers = [(_, response) => void response.writeHead(200, { "content-length": 10 }).write("x")];
  const failure = get({ retries: 0, timeout: 50 });
  await expect(failure).rejects.toMatchObject({
    code: "DOWNLOAD_FAILED",
    fault: { got: expect.stringContaining("silence for 50 ms") },
  });
});

test("a part longer than the file: from the start", async () => {
  answers = [cut('"a"', 80_000), status(416), proper('"a"')];
  expect((await get()).resumed).toBe(0);
});

test("a file larger than the disk: DOWNLOAD_SPACE before a byte is written", async () => {
  answers = [
    (_, response) => void response.writeHead(200, { "content-length": 2 ** 52 }).write("x"),
  ];
  await expect(get()).rejects.toMatchObject({ code: "DOWNLOAD_SPACE" });
  expect(existsSync(part())).toBe(false);
});

test("nobody there: DOWNLOAD_FAILED; a part of unknown origin is not gone on with", async () => {
  const nobody = download({ url: "http://127.0.0.1:1/x", path, retries: 0 });
  await expect(nobody).rejects.toMatchObject({ code: "DOWNLOAD_FAILED" });
  writeFileSync(part(), "abc");
  writeFileSync(`${part()}.from`, "elsewhere");
  answers = [proper('"a"')];
  expect((await get()).resumed).toBe(0);
});

test("a folder that cannot be made: UNWRITABLE", async () => {
  answers = [proper('"a"')];
  await get();
  const below = download({ url, path: join(path, "deeper", "x") });
  await expect(below).rejects.toMatchObject({ code: "UNWRITABLE" });
});
