import { createWriteStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { Readable, Writable } from "node:stream";
import { GanymedeError } from "./errors.ts";
import { fillAtomic } from "./files.ts";
import { decodeNpy, type NpyArray, type NpyType, npyHeader } from "./npy.ts";

/** An array to write whose elements need not be in memory at once. */
export interface NpzEntry {
  readonly name: string;
  readonly type: NpyType;
  readonly shape: readonly number[];
  /** The elements in order, in pieces of any size. */
  chunks(): AsyncIterable<ArrayBufferView> | Iterable<ArrayBufferView>;
}

/** The largest array that is read: a file's word for its sizes is not to be trusted. */
const largestRead = 2 ** 28;

// Archives of the same arrays are the same bytes.
const date = new Date(Date.UTC(1980, 0, 1, 12));

/**
 * Writes arrays as NumPy's savez does, not compressed, one after the other: memory does not grow with
 * their size, which may go beyond 4 GiB.
 *
 * @throws GanymedeError DISK_FULL, UNWRITABLE
 */
export async function writeNpz(path: string, entries: readonly NpzEntry[]): Promise<void> {
  const { ZipWriter } = await import("@zip.js/zip.js");
  await fillAtomic(path, async (temporary) => {
    const file = createWriteStream(temporary, { flags: "wx" });
    const options = { level: 0, useWebWorkers: false, lastModDate: date, extendedTimestamp: false };
    const zip = new ZipWriter(Writable.toWeb(file) as WritableStream, options);
    for (const entry of entries) {
      await zip.add(
        `${entry.name}.npy`,
        Readable.toWeb(Readable.from(bytesOf(entry))) as ReadableStream,
      );
    }
    await zip.close();
  });
}

async function* bytesOf({ type, shape, chunks }: NpzEntry): AsyncGenerator<Uint8Array> {
  yield npyHeader(type, shape);
  for await (const { buffer, byteOffset, byteLength } of chunks()) {
    // A copy: the stream takes what it is given away.
    yield new Uint8Array(buffer.slice(byteOffset, byteOffset + byteLength));
  }
}

/**
 * The arrays of a .npz file that are among `names`; others are not read.
 *
 * @throws GanymedeError NPZ_FORMAT, NPY_FORMAT
 */
export async function readNpz(
  path: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, NpyArray>> {
  const { ZipReader, Uint8ArrayWriter } = await import("@zip.js/zip.js");
  const found = new Map<string, NpyArray>();
  let handle: FileHandle | undefined;
  try {
    handle = await open(path);
    const zip = new ZipReader(await fileReader(handle), { useWebWorkers: false });
    for await (const entry of zip.getEntriesGenerator()) {
      const name = entry.filename.replace(/\.npy$/, "");
      if (entry.directory || !names.includes(name)) continue;
      if (entry.uncompressedSize > largestRead) throw tooLarge(path, name, entry.uncompressedSize);
      const bytes = await entry.getData(new Uint8ArrayWriter());
      found.set(name, decodeNpy(`${path} ${name}`, bytes));
    }
  } catch (cause) {
    throw cause instanceof GanymedeError ? cause : unreadable(path, cause);
  } finally {
    await handle?.close();
  }
  return found;
}

/** zip.js reads where it needs to. */
async function fileReader(handle: FileHandle) {
  const { Reader } = await import("@zip.js/zip.js");
  const { size } = await handle.stat();
  class FileReader extends Reader<FileHandle> {
    override size = size;
    override async readUint8Array(index: number, length: number): Promise<Uint8Array> {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, size - index)));
      await handle.read(bytes, 0, bytes.length, index);
      return bytes;
    }
  }
  return new FileReader(handle);
}

const tooLarge = (path: string, name: string, size: number) =>
  new GanymedeError("NPZ_FORMAT", {
    where: `${path} ${name}`,
    expected: `at most ${largestRead} bytes`,
    got: `${size} bytes`,
    fix: "save the rows that you need in a file of their own",
  });

const unreadable = (path: string, cause: unknown) =>
  new GanymedeError(
    "NPZ_FORMAT",
    {
      where: path,
      expected: "an .npz file as numpy.savez writes it",
      got: cause instanceof Error ? cause.message : String(cause),
      fix: "correct the path, or save the file again",
    },
    { cause },
  );
