/**
 * Data decoded once: a folder in the cache with one flat file of raw items a field and `meta.json`. Its
 * name is a hash of all that the items depend on, so nothing stale is ever found. Batches read whole
 * items by position: what does not fit in memory trains, and what does stays in the system's page cache.
 */
import { createHash, randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
} from "node:fs";
import { type FileHandle, open, rename, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "../core/cache-folder.ts";
import { GanymedeError } from "../core/errors.ts";
import { makeFolder, unwritable, writeAtomic } from "../core/files.ts";
import { arrays, itemSize } from "./_items.ts";
import type { Rows } from "./finite.ts";
import type { Field, ItemArray } from "./source.ts";

/** Changes when the same key would give other bytes. */
const version = 1;
/** Bytes that are gathered before they are written. */
const chunk = 2 ** 20;

type Fields = Readonly<Record<string, Field>>;

/** What a store says of itself; `notes` is its maker's, plain JSON. */
export interface StoreMeta<N> {
  readonly count: number;
  readonly fields: Fields;
  readonly notes: N;
}

export interface Store<N> extends StoreMeta<N> {
  readonly folder: string;
  /** Whether it had to be made. */
  readonly isNew: boolean;
  rows(field: string): Rows;
}

export interface StoreRequest<N> {
  /** Kebab-case, to tell folders apart by eye. */
  readonly kind: string;
  /** Plain JSON of all that the items depend on. */
  readonly key: unknown;
  /** Adds all items, or throws; nothing of a failed making is kept. */
  make(writer: StoreWriter): Promise<N>;
}

/**
 * Finds what `make` has stored under this key before, or has it made.
 *
 * @throws GanymedeError DISK_FULL, UNWRITABLE, or what `make` throws
 */
export async function openStore<N>({ kind, key, make }: StoreRequest<N>): Promise<Store<N>> {
  const hash = createHash("sha256")
    .update(JSON.stringify([version, kind, key]))
    .digest("hex");
  const parent = join(cacheFolder(), "data");
  const folder = join(parent, `${kind}-${hash.slice(0, 32)}`);
  const known = await readMeta<N>(folder);
  if (known) return { ...known, folder, isNew: false, rows: rowsIn(folder, known) };
  sweep(parent);
  const temporary = join(parent, `.${process.pid}.${randomBytes(6).toString("hex")}.tmp`);
  const writer = new StoreWriter(temporary);
  try {
    makeFolder(temporary);
    const notes = await make(writer);
    const meta = await writer.finish(notes);
    await put(temporary, folder);
    return { ...meta, folder, isNew: true, rows: rowsIn(folder, meta) };
  } catch (error) {
    await writer.abandon();
    if (error instanceof GanymedeError) throw error;
    throw isOfDisk(error) ? unwritable(temporary, error) : error;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

const isOfDisk = (error: unknown): boolean =>
  typeof (error as NodeJS.ErrnoException).syscall === "string";

/** Another process may have made the same meanwhile: then that one stays. */
async function put(temporary: string, folder: string): Promise<void> {
  try {
    await rename(temporary, folder);
  } catch {
    if (await readMeta(folder)) return;
    // What is there is damaged.
    rmSync(folder, { recursive: true, force: true });
    await rename(temporary, folder);
  }
}

/** Removes what makings of dead processes have left. */
function sweep(parent: string): void {
  if (!existsSync(parent)) return;
  for (const name of readdirSync(parent)) {
    const pid = /^\.(\d+)\.\w+\.tmp$/.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    rmSync(join(parent, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

const bytesPerItem = (field: Field): number =>
  itemSize(field) * arrays[field.dtype].BYTES_PER_ELEMENT;

/** Undefined unless all files are there and as long as they must be. */
async function readMeta<N>(folder: string): Promise<StoreMeta<N> | undefined> {
  try {
    const meta = JSON.parse(readFileSync(join(folder, "meta.json"), "utf8")) as StoreMeta<N>;
    for (const [name, field] of Object.entries(meta.fields)) {
      const { size } = await stat(join(folder, `${name}.bin`));
      if (size !== meta.count * bytesPerItem(field)) return undefined;
    }
    return meta;
  } catch {
    return undefined;
  }
}

/** Appends items to the files of a store that is being made. */
export class StoreWriter {
  private readonly folder: string;
  private readonly files = new Map<
    string,
    { handle: FileHandle; held: Uint8Array[]; bytes: number }
  >();
  private fields: Fields = {};
  private count = 0;

  constructor(folder: string) {
    this.folder = folder;
  }

  /**
   * Once, before the first item. Throws DISK_FULL when `expected` items do not fit on the disk.
   */
  async begin(fields: Fields, expected: number): Promise<void> {
    this.fields = fields;
    const needed = Object.values(fields).reduce((sum, f) => sum + expected * bytesPerItem(f), 0);
    const { bavail, bsize } = await statfs(this.folder);
    if (bavail * bsize < needed) throw noRoom(this.folder, needed, bavail * bsize);
    for (const name of Object.keys(fields)) {
      const handle = await open(join(this.folder, `${name}.bin`), "wx");
      this.files.set(name, { handle, held: [], bytes: 0 });
    }
  }

  /** One item: the raw values of every field, which are kept until they are written. */
  async add(item: Readonly<Record<string, ItemArray>>): Promise<void> {
    for (const [name, file] of this.files) {
      const { buffer, byteOffset, byteLength } = item[name]!;
      file.held.push(new Uint8Array(buffer, byteOffset, byteLength));
      file.bytes += byteLength;
      if (file.bytes >= chunk) await this.flush(name);
    }
    this.count += 1;
  }

  /** What the raw values mean, where only the items themselves could tell. */
  refine(name: string, units: Pick<Field, "scale" | "offset">): void {
    this.fields = { ...this.fields, [name]: { ...this.fields[name]!, ...units } };
  }

  private async flush(name: string): Promise<void> {
    const file = this.files.get(name)!;
    const { held } = file;
    file.held = [];
    file.bytes = 0;
    for (const bytes of joined(held)) {
      for (let done = 0; done < bytes.length; ) {
        done += (await file.handle.write(bytes, done)).bytesWritten;
      }
    }
  }

  async finish<N>(notes: N): Promise<StoreMeta<N>> {
    for (const [name, { handle }] of this.files) {
      await this.flush(name);
      await handle.sync();
      await handle.close();
    }
    this.files.clear();
    const meta = { count: this.count, fields: this.fields, notes };
    writeAtomic(join(this.folder, "meta.json"), JSON.stringify(meta));
    return meta;
  }

  async abandon(): Promise<void> {
    for (const { handle } of this.files.values()) await handle.close();
    this.files.clear();
  }
}

/** Small pieces as one; large ones as they are. */
const joined = (pieces: Uint8Array[]): Uint8Array[] =>
  pieces.length > 1 ? [Buffer.concat(pieces)] : pieces;

const noRoom = (where: string, needed: number, free: number) =>
  new GanymedeError("DISK_FULL", {
    where,
    expected: `${Math.ceil(needed / 2 ** 20)} MiB of free space for the decoded data`,
    got: `${Math.floor(free / 2 ** 20)} MiB`,
    fix: "free some space, name a folder on another disk by GANYMEDE_CACHE, or make items smaller",
  });

/** Readers of a store's fields. Files are opened for each batch: a source has no end to close them at. */
const rowsIn =
  (folder: string, { count, fields }: StoreMeta<unknown>) =>
  (name: string): Rows => {
    const field = fields[name]!;
    const [path, size] = [join(folder, `${name}.bin`), bytesPerItem(field)];
    return {
      count,
      take(items) {
        const out = new arrays[field.dtype](items.length * itemSize(field));
        readItems(path, new Uint8Array(out.buffer), items, size);
        return out;
      },
    };
  };

function readItems(path: string, out: Uint8Array, items: Uint32Array, size: number): void {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    for (let i = 0; i < items.length; i++) {
      for (let done = 0; done < size; ) {
        const at = items[i]! * size + done;
        const got = readSync(file, out, i * size + done, size - done, at);
        if (got === 0) throw new Error("it ends early");
        done += got;
      }
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new GanymedeError(
      "DATA_CACHE",
      {
        where: path,
        expected: "the decoded data as they were stored",
        got: code ?? message,
        fix: "start again: they are decoded anew",
      },
      { cause: error },
    );
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
