import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { z } from "zod";
import { GanymedeError } from "../core/errors.ts";
import { type Entry, fileEntry } from "./entry.ts";
import { finiteSource } from "./finite.ts";
import { fetchKnown, type KnownSet } from "./known-files.ts";
import { pixelField } from "./pictures/build.ts";
import { openPictures } from "./pictures/open.ts";
import { frameOptions } from "./pictures/options.ts";
import type { Opening, Source } from "./source.ts";
import { openStore, type StoreWriter } from "./store.ts";
import { tarFiles } from "./tar.ts";

export const cifar10Set: KnownSet = {
  id: "cifar10",
  variable: "GANYMEDE_CIFAR10",
  files: [
    {
      name: "cifar-10-binary.tar.gz",
      url: "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
      md5: "c32a1d4ab5d03f1284b67883e8d87530",
    },
  ],
};

const classes = "airplane automobile bird cat deer dog frog horse ship truck".split(" ");

const about = {
  title: "CIFAR-10",
  credit: "Alex Krizhevsky, Vinod Nair, Geoffrey Hinton",
  licence: "not stated",
};

export interface CifarOptions {
  readonly split: "train" | "test";
  readonly folder?: string | undefined;
}

/** A record: the label, then 32x32 red, green and blue. */
const record = 3073;

const isBatch = { train: /data_batch_\d+\.bin$/, test: /test_batch\.bin$/ } as const;

/**
 * CIFAR-10: fields `image` u8 [3, 32, 32] in [-1, 1] and `label` i32 []. The binary version, packed or
 * not; or the same pictures as a folder or zip of files by part and class.
 *
 * @throws GanymedeError DATA_MISSING, DATA_FORMAT, DATA_TRUNCATED, DOWNLOAD_*
 */
export async function openCifar(options: CifarOptions, opening: Opening): Promise<Source> {
  const named = options.folder ?? process.env[cifar10Set.variable];
  const path = resolve(named || (await fetchKnown(cifar10Set, opening)));
  if (!existsSync(path)) throw missing(path, "nothing");
  const files = filesAt(path);
  const pattern = isBatch[options.split];
  const batches = files.filter((file) => pattern.test(file)).sort();
  const archive = files.find((file) => /cifar-10-binary\.(tar\.gz|tgz)$/.test(file));
  if (batches.length > 0) {
    return openBinary(
      path,
      batches.map((b) => fileEntry(b)),
      options,
      opening,
    );
  }
  if (archive) return openArchive(archive, options, opening);
  const zip = files.find((file) => /\.zip$/i.test(file));
  return openFiles(zip ?? path, options, opening);
}

/** The files that are named or lie in a folder, and in the one that the official archive makes. */
function filesAt(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  const inner = join(path, "cifar-10-batches-bin");
  const folders = existsSync(inner) ? [path, inner] : [path];
  return folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
}

/** Pictures of one part, by class. */
async function openFiles(path: string, { split }: CifarOptions, opening: Opening): Promise<Source> {
  const defaults = z.object(frameOptions).parse({ path, side: 32, channels: 3 });
  const source = await openPictures(
    { ...defaults, labels: "folders", split, mirror: false },
    opening,
  );
  const found = source.fields.label?.classes?.join(" ");
  if (found === classes.join(" ")) return { ...source, id: "cifar10", about };
  throw missing(path, `pictures of the classes ${found ?? "none"}`);
}

function openBinary(
  path: string,
  files: readonly Entry[],
  { split }: CifarOptions,
  { onProgress }: Opening,
) {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  return stored(
    [split, path, files.map(({ name, size, stamp }) => [name, size, stamp])],
    async (writer) => {
      let done = 0;
      await begin(writer, bytes);
      for (const file of files) {
        done += await addRecords(writer, file.name, file.pieces());
        onProgress?.("images", done, Math.floor(bytes / record));
      }
    },
  );
}

function openArchive(path: string, { split }: CifarOptions, { onProgress }: Opening) {
  const { size, stamp } = fileEntry(path);
  return stored([split, path, size, stamp], async (writer) => {
    let done = 0;
    await begin(writer, 50_000 * record);
    try {
      for await (const file of tarFiles(path)) {
        if (!isBatch[split].test(file.name)) continue;
        done += await addRecords(writer, file.name, file.pieces());
        onProgress?.("images", done, undefined);
      }
    } catch (error) {
      if (error instanceof GanymedeError || (error as NodeJS.ErrnoException).syscall) throw error;
      throw damaged("DATA_FORMAT", path, (error as Error).message);
    }
    if (done === 0) throw damaged("DATA_FORMAT", path, `no file named ${isBatch[split].source}`);
  });
}

async function stored(key: unknown, make: (writer: StoreWriter) => Promise<void>): Promise<Source> {
  const store = await openStore({ kind: "cifar10", key, make: (w) => make(w).then(() => null) });
  const { image, label } = store.fields;
  return finiteSource(
    { id: "cifar10", about },
    {
      image: { field: image!, rows: store.rows("image") },
      label: { field: label!, rows: store.rows("label") },
    },
  );
}

const begin = (writer: StoreWriter, bytes: number) =>
  writer.begin(
    {
      image: pixelField([3, 32, 32]),
      label: { shape: [], dtype: "i32", scale: 1, offset: 0, classes },
    },
    Math.floor(bytes / record),
  );

/** Adds the records of one file and returns how many there were. */
async function addRecords(
  writer: StoreWriter,
  name: string,
  pieces: AsyncIterable<Uint8Array>,
): Promise<number> {
  let rest: Uint8Array = new Uint8Array(0);
  let count = 0;
  for await (const piece of pieces) {
    rest = Buffer.concat([rest, piece]);
    let at = 0;
    for (; at + record <= rest.length; at += record, count++) {
      const label = rest[at]!;
      if (label >= classes.length) throw damaged("DATA_FORMAT", name, `label ${label}`);
      await writer.add({ image: rest.slice(at + 1, at + record), label: Int32Array.of(label) });
    }
    rest = rest.subarray(at);
  }
  if (rest.length > 0) {
    throw damaged("DATA_TRUNCATED", name, `${rest.length} bytes after ${count} images`);
  }
  return count;
}

const damaged = (code: string, where: string, got: string) =>
  new GanymedeError(code, {
    where: basename(where),
    expected: "CIFAR-10's binary version: whole records of a label below 10 and 3072 bytes",
    got,
    fix: "get the official file again",
  });

const missing = (where: string, got: string) =>
  new GanymedeError("DATA_MISSING", {
    where,
    expected: "data_batch_1.bin and so on, cifar-10-binary.tar.gz, or pictures by part and class",
    got,
    fix: `correct the option folder or the variable ${cifar10Set.variable}`,
  });
