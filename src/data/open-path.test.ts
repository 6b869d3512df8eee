import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { look, sourceForPath } from "./open-path.ts";
import type { SourceDefinition } from "./source.ts";
import { catalog } from "./sources/_catalog.ts";

const root = mkdtempSync(join(tmpdir(), "ganymede-path-"));
afterAll(() => rmSync(root, { recursive: true }));

function folderOf(name: string, files: readonly string[]): string {
  for (const file of files) {
    const path = join(root, name, file);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, "");
  }
  return join(root, name);
}

/** Things that users have, and who reads them. */
const cases: [path: string, source: string, option?: string][] = [
  [folderOf("flat", ["a.png", "b.JPG", "notes.txt"]), "pictures"],
  [folderOf("classes", ["cat/1.webp", "dog/1.tif"]), "pictures"],
  [join(folderOf("zip", ["photos.zip"]), "photos.zip"), "pictures"],
  [folderOf("digits", ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"]), "idx"],
  [folderOf("cifar", ["data_batch_1.bin", "test_batch.bin", "readme.html"]), "cifar10", "folder"],
  [
    join(folderOf("tar", ["cifar-10-binary.tar.gz"]), "cifar-10-binary.tar.gz"),
    "cifar10",
    "folder",
  ],
  [join(folderOf("np", ["a.npz", "b.npy"]), "a.npz"), "npz"],
  [join(root, "np", "b.npy"), "npz"],
  [join(folderOf("rows", ["a.csv", "b.parquet"]), "a.csv"), "table"],
  [join(root, "rows", "b.parquet"), "table"],
  [join(folderOf("words", ["a.txt"]), "a.txt"), "text"],
];

test.each(cases)("%s is read by %s, and by no other", async (path, source, option = "path") => {
  expect(await sourceForPath(path)).toEqual({ source, options: { [option]: path } });
  const definitions = await Promise.all(Object.values(catalog).map((load) => load()));
  const found = look(path);
  const takers = (definitions as SourceDefinition[]).filter(({ claim }) => claim?.(found));
  expect(takers.map(({ id }) => id)).toEqual([source]);
});

test("a word without a separator that names no file is no path", async () => {
  expect(await sourceForPath("mnist-of-mine")).toBeUndefined();
});

test("a path to nothing, or to nothing known, is a coded error", async () => {
  await expect(sourceForPath("./no/such/place")).rejects.toThrow("DATA_MISSING");
  await expect(sourceForPath(folderOf("odd", ["a.xyz"]))).rejects.toThrow(/DATA_FORMAT.*a\.xyz/);
});
