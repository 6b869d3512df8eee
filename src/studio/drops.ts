import { createWriteStream, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { GanymedeError } from "../core/errors.ts";

/** Files and bytes of a folder that was dropped, and folders at a time, at most. */
const usual = { files: 2000, bytes: 512 * 2 ** 20, folders: 8 };

interface Drop {
  /** A folder of this machine. */
  readonly path: string;
  readonly names: Set<string>;
  bytes: number;
}

/** Folders that a page dropped: copies below the system's temporary folder, gone with the studio. */
export class Drops {
  private readonly drops = new Map<string, Drop>();
  private readonly most: typeof usual;
  private next = 1;

  constructor(most: Partial<typeof usual> = {}) {
    this.most = { ...usual, ...most };
  }

  /** Begins one; the oldest goes where there are too many. */
  begin(): string {
    const [oldest] = this.drops.keys();
    if (this.drops.size >= this.most.folders) this.remove(oldest!);
    const id = String(this.next++);
    const path = mkdtempSync(join(tmpdir(), "ganymede-drop-"));
    this.drops.set(id, { path, names: new Set(), bytes: 0 });
    return id;
  }

  /** The folder of a drop. Throws `NO_SUCH`. */
  path(id: string): string {
    return this.find(id).path;
  }

  /**
   * Writes a file as it comes. Throws `DROP_NAME` for a name that leads elsewhere or was taken,
   * `TOO_LARGE` beyond the limits, `NO_SUCH`.
   */
  async add(id: string, name: string, body: ReadableStream<Uint8Array> | null): Promise<void> {
    const drop = this.find(id);
    const { files, bytes } = this.most;
    requireName(name, drop.names);
    if (drop.names.size >= files) throw tooMuch(`${files} files`);
    drop.names.add(name);
    const file = join(drop.path, name);
    const counted = async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        drop.bytes += chunk.length;
        if (drop.bytes > bytes) throw tooMuch(`${bytes / 2 ** 20} MiB in all`);
        yield chunk;
      }
    };
    try {
      mkdirSync(dirname(file), { recursive: true });
      const from = body ? Readable.fromWeb(body) : Readable.from([]);
      await pipeline(from, counted, createWriteStream(file, { flags: "wx" }));
    } catch (error) {
      drop.names.delete(name);
      // A file where a folder of that name is, or below a file.
      const { code = "" } = error as NodeJS.ErrnoException;
      if (["EISDIR", "ENOTDIR", "EEXIST"].includes(code)) throw badName(name, false);
      rmSync(file, { force: true });
      throw error;
    }
  }

  remove(id: string): void {
    rmSync(this.find(id).path, { recursive: true, force: true });
    this.drops.delete(id);
  }

  close(): void {
    for (const id of [...this.drops.keys()]) this.remove(id);
  }

  private find(id: string): Drop {
    const drop = this.drops.get(id);
    if (drop) return drop;
    throw new GanymedeError("NO_SUCH", {
      where: "dropped files",
      expected: "files that this studio was given",
      got: id.slice(0, 40),
      fix: "drop them again: they go when the studio ends",
    });
  }
}

/** Parts of a path that would lead out of the folder, or mean something else on some system. */
const parts = /^(?!\.)[^/\\:*?"<>|\p{Cc}]{1,255}$/u;

function requireName(name: string, taken: ReadonlySet<string>): void {
  const all = name.split("/");
  const isSound = name.length <= 1024 && all.length <= 16 && all.every((part) => parts.test(part));
  if (!isSound || taken.has(name)) throw badName(name, !isSound);
}

const badName = (name: string, isUnsound: boolean): GanymedeError =>
  new GanymedeError("DROP_NAME", {
    where: "dropped file",
    expected: "a new name below the folder, without .., hidden parts or signs like : and *",
    got: name.slice(0, 80) || "none",
    fix: isUnsound ? "rename the file" : "drop each file once",
  });

const tooMuch = (limit: string): GanymedeError =>
  new GanymedeError("TOO_LARGE", {
    where: "dropped files",
    expected: `at most ${limit}`,
    got: "more",
    fix: "name the folder by its path on this machine",
  });
