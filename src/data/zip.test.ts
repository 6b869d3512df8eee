import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TextReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js";
import { zipSync } from "fflate";
import { afterAll, expect, test } from "vitest";
import { listFiles } from "./listing.ts";

const folder = mkdtempSync(join(tmpdir(), "ganymede-zip-"));
afterAll(() => rmSync(folder, { recursive: true }));

const text = (s: string) => new TextEncoder().encode(s);
let files = 0;
function list(bytes: Uint8Array) {
  const path = join(folder, `${files++}.zip`);
  writeFileSync(path, bytes);
  return listFiles(path);
}
const sample = () =>
  zipSync({ "b/two.txt": text("two ".repeat(50)), "a.txt": [text("one"), { level: 0 }] });

test("stored and deflated entries, in the order of names", async () => {
  const { entries, refused } = list(sample());
  expect(entries.map((e) => [e.name, e.size])).toEqual([
    ["a.txt", 3],
    ["b/two.txt", 200],
  ]);
  expect(refused).toEqual([]);
  expect(Buffer.from(await entries[0]!.read()).toString()).toBe("one");
  expect(Buffer.from(await entries[1]!.read()).toString()).toBe("two ".repeat(50));
});

test("zip64, as another writer makes it", async () => {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { zip64: true });
  await writer.add("ä/x.txt", new TextReader("wide"), { zip64: true });
  const { entries } = list(await writer.close());
  expect(entries[0]!.name).toBe("ä/x.txt");
  expect(Buffer.from(await entries[0]!.read()).toString()).toBe("wide");
});

test("names that lead out are refused, hidden ones left out", () => {
  const names = ["../up.png", "a/../../b.png", "/root.png", "C:\\w.png", ".hid/x", "__MACOSX/y"];
  const { entries, refused } = list(
    zipSync(Object.fromEntries([...names, "fine.png"].map((name) => [name, text("x")]))),
  );
  expect(entries.map((e) => e.name)).toEqual(["fine.png"]);
  expect(refused.map((r) => r.name).sort()).toEqual([
    "../up.png",
    "/root.png",
    "C:/w.png",
    "a/../../b.png",
  ]);
});

test("bombs are refused by what they declare and stopped by what they hold", async () => {
  const bomb = zipSync({ "zeros.png": [new Uint8Array(2 ** 25), { level: 9 }] });
  expect(list(bomb).refused[0]!.reason).toMatch(/grows \d+-fold/);
  // The same entry, declared to be small.
  const lying = Buffer.from(bomb);
  lying.writeUInt32LE(1000, lying.lastIndexOf(Buffer.from("PK\x01\x02")) + 24);
  const [entry] = list(lying).entries;
  await expect(entry!.read()).rejects.toThrow("larger than the archive says");
});

test("entries that share their bytes are refused", () => {
  const bytes = Buffer.from(
    zipSync({ "a.txt": [new Uint8Array(1000), { level: 0 }], "b.txt": text("x") }),
  );
  const second = bytes.lastIndexOf(Buffer.from("PK\x01\x02"));
  bytes.writeUInt32LE(1000, second + 20);
  expect(() => list(bytes)).toThrow(/DATA_FORMAT.*overlap/);
});

test("a changed byte is noticed by its checksum", async () => {
  const bytes = Buffer.from(sample());
  bytes[bytes.indexOf(Buffer.from("one"))] = 0x6f ^ 1;
  await expect(list(bytes).entries[0]!.read()).rejects.toThrow("checksum");
});

test("cut or foreign files are coded errors", () => {
  const bytes = sample();
  expect(() => list(bytes.subarray(0, bytes.length - 30))).toThrow("DATA_FORMAT");
  expect(() => list(text("no archive"))).toThrow("a file without a zip directory");
  const shifted = Buffer.from(bytes);
  shifted.writeUInt32LE(7, shifted.length - 6);
  expect(() => list(shifted)).toThrow("DATA_TRUNCATED");
});
