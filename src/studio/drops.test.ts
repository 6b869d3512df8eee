import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { Drops } from "./drops.ts";

const drops = new Drops({ files: 2, bytes: 1000, folders: 4 });
afterEach(() => drops.close());

const bytes = (text: string) => new Blob([text]).stream() as unknown as Parameters<Drops["add"]>[2];

test("files come back as they were sent, below their folders, and go in the end", async () => {
  const id = drops.begin();
  await drops.add(id, "cats/a one.txt", bytes("one"));
  await drops.add(id, "b.txt", null);
  const path = drops.path(id);
  expect(readFileSync(join(path, "cats/a one.txt"), "utf8")).toBe("one");
  expect(readFileSync(join(path, "b.txt"), "utf8")).toBe("");
  drops.close();
  expect(existsSync(path)).toBe(false);
  expect(() => drops.path(id)).toThrow(/NO_SUCH/);
});

test.each([
  "../a.txt",
  "a/../../b.txt",
  "/etc/passwd",
  "a//b",
  "..\\a",
  "C:a.txt",
  ".hidden",
  "a/.git/config",
  "a\0b",
  "",
  "a/".repeat(20),
])("%j is refused", async (name) => {
  const id = drops.begin();
  await expect(drops.add(id, name, bytes("x"))).rejects.toThrow(/DROP_NAME/);
});

test("a name is taken once, and there is an end to files and folders", async () => {
  const id = drops.begin();
  await drops.add(id, "a.txt", bytes("x"));
  await expect(drops.add(id, "a.txt", bytes("y"))).rejects.toThrow(/DROP_NAME/);
  expect(readFileSync(join(drops.path(id), "a.txt"), "utf8")).toBe("x");
  await expect(drops.add(id, "a.txt/b", bytes("y"))).rejects.toThrow(/DROP_NAME/);
  await expect(drops.add(id, "big.txt", bytes("x".repeat(1000)))).rejects.toThrow(/TOO_LARGE/);
  expect(existsSync(join(drops.path(id), "big.txt"))).toBe(false);
  await drops.add(id, "b.txt", null);
  await expect(drops.add(id, "more.txt", null)).rejects.toThrow(/TOO_LARGE.*2 files/);
  for (let i = 0; i < 4; i++) drops.begin();
  expect(() => drops.path(id)).toThrow(/NO_SUCH/);
});
