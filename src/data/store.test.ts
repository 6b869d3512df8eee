import { mkdtempSync, readdirSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Field } from "./source.ts";
import { openStore, type StoreWriter } from "./store.ts";

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "ganymede-store-"));
  vi.stubEnv("GANYMEDE_CACHE", cache);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true });
});

const fields: Record<string, Field> = {
  image: { shape: [2, 3], dtype: "u8", scale: 1, offset: 0 },
  size: { shape: [], dtype: "f32", scale: 1, offset: 0 },
};
async function fill(writer: StoreWriter, count = 5): Promise<string> {
  await writer.begin(fields, count);
  for (let i = 0; i < count; i++) {
    await writer.add({ image: new Uint8Array(6).fill(i), size: Float32Array.of(i / 2) });
  }
  return "noted";
}
const request = (make = vi.fn((w: StoreWriter) => fill(w))) => ({ kind: "test", key: [1], make });

test("made once, found again, read by position", async () => {
  const { make, ...rest } = request();
  const store = await openStore({ ...rest, make });
  expect([store.count, store.notes, store.isNew]).toEqual([5, "noted", true]);
  const again = await openStore({ ...rest, make });
  expect(again.isNew).toBe(false);
  expect(make).toHaveBeenCalledTimes(1);
  const items = Uint32Array.of(4, 0, 4);
  expect([...again.rows("image").take(items)]).toEqual(
    [4, 0, 4].flatMap((i) => new Array(6).fill(i)),
  );
  expect([...again.rows("size").take(items)]).toEqual([2, 0, 2]);
});

test("another key is another store", async () => {
  const { make, ...rest } = request();
  await openStore({ ...rest, make });
  await openStore({ ...rest, key: [2], make });
  expect(make).toHaveBeenCalledTimes(2);
});

test("a making that fails leaves nothing behind", async () => {
  const make = async (writer: StoreWriter) => {
    await fill(writer);
    throw new Error("interrupted");
  };
  await expect(openStore({ kind: "test", key: [1], make })).rejects.toThrow("interrupted");
  expect(readdirSync(join(cache, "data"))).toEqual([]);
});

test("a file that was cut is noticed, and the store made anew", async () => {
  const { make, ...rest } = request();
  const { folder } = await openStore({ ...rest, make });
  truncateSync(join(folder, "image.bin"), 10);
  const again = await openStore({ ...rest, make });
  expect(again.isNew).toBe(true);
  expect([...again.rows("image").take(Uint32Array.of(3))]).toEqual([3, 3, 3, 3, 3, 3]);
});

test("a file that vanishes under a reader is a coded error", async () => {
  const { folder, rows } = await openStore(request());
  rmSync(folder, { recursive: true });
  expect(() => rows("image").take(Uint32Array.of(0))).toThrow("DATA_CACHE");
});

test("two at once end with one whole store", async () => {
  const [a, b] = await Promise.all([openStore(request()), openStore(request())]);
  expect(a.folder).toBe(b.folder);
  expect([...b.rows("size").take(Uint32Array.of(4))]).toEqual([2]);
  expect(readdirSync(join(cache, "data"))).toHaveLength(1);
});

test("items that cannot fit on the disk are refused before the first", async () => {
  const make = async (writer: StoreWriter) => writer.begin(fields, 1e15);
  await expect(openStore({ kind: "test", key: [1], make })).rejects.toThrow("DISK_FULL");
});
