import { createReadStream, readdirSync, realpathSync, type Stats, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { GanymedeError } from "../core/errors.ts";
import type { Refusal } from "./source.ts";
import { listZip } from "./zip.ts";

/** A file in a folder or an archive. */
export interface Entry {
  /** From the folder or archive on, with `/` between its parts. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Differs where the content may differ. */
  readonly stamp: string;
  /** @throws Error saying why it cannot be read */
  read(): Promise<Uint8Array>;
  /** The same in pieces, for what may be larger than memory. */
  pieces(): AsyncIterable<Uint8Array>;
}

export interface Listing {
  /** The folder or archive. */
  readonly where: string;
  /** What tells it from others whose files have the same names and stamps. */
  readonly identity: string;
  /** In the order of their names' code units, the same everywhere. */
  readonly entries: readonly Entry[];
  readonly refused: readonly Refusal[];
}

/** Larger files are not read: 256 MiB. */
export const largestFile = 2 ** 28;

/** Folders in folders; deeper ones are left alone. */
const deepest = 32;

/**
 * The files of a folder and of those below it, links followed, hidden ones and what systems leave
 * behind (Thumbs.db, __MACOSX) left out; or those of a zip file.
 *
 * @throws GanymedeError DATA_MISSING when there is nothing that can be read, DATA_FORMAT or
 *   DATA_TRUNCATED for a file that is no zip
 */
export function listFiles(path: string): Listing {
  const isFolder = statOf(path).isDirectory();
  const { entries, refused } = isFolder ? listFolder(path) : listZip(path);
  const ordered = entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  // The stamps of an archive are checksums of its contents.
  const identity = isFolder ? realpathSync(path) : "";
  return { where: path, identity, entries: ordered, refused };
}

function statOf(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    throw new GanymedeError(
      "DATA_MISSING",
      {
        where: path,
        expected: "a folder or file that you may read",
        got: String((error as NodeJS.ErrnoException).code),
        fix: "correct the path",
      },
      { cause: error },
    );
  }
}

const isClutter = (name: string): boolean =>
  /^(\.|__MACOSX$|Thumbs\.db$|desktop\.ini$)/i.test(name);

function listFolder(root: string): { entries: Entry[]; refused: Refusal[] } {
  const entries: Entry[] = [];
  const refused: Refusal[] = [];
  const seen = new Set<string>();
  const walk = (folder: string, prefix: string, depth: number): void => {
    const real = realpathSync(folder);
    // Links may lead back up.
    if (depth > deepest || seen.has(real)) return;
    seen.add(real);
    for (const entry of readdirSync(folder)) {
      if (isClutter(entry)) continue;
      const [path, name] = [join(folder, entry), `${prefix}${entry}`];
      try {
        const stat = statSync(path);
        if (stat.isDirectory()) walk(path, `${name}/`, depth + 1);
        else if (stat.isFile()) {
          entries.push({ ...fileEntry(path, stat), name });
        }
      } catch (error) {
        refused.push({ name, reason: `cannot be read: ${(error as NodeJS.ErrnoException).code}` });
      }
    }
  };
  walk(root, "", 0);
  return { entries, refused };
}

/** A file on its own, by its last name. */
export function fileEntry(path: string, { size, mtimeMs, ctimeMs }: Stats = statOf(path)): Entry {
  return {
    name: basename(path),
    size,
    stamp: `${mtimeMs} ${ctimeMs}`,
    read: () => readWhole(path, size),
    pieces: () => createReadStream(path),
  };
}

async function readWhole(path: string, size: number): Promise<Uint8Array> {
  if (size > largestFile) throw new Error(tooLarge(size));
  try {
    return await readFile(path);
  } catch (error) {
    throw new Error(`cannot be read: ${(error as NodeJS.ErrnoException).code}`, { cause: error });
  }
}

export const tooLarge = (size: number): string =>
  `${Math.round(size / 2 ** 20)} MiB, more than ${largestFile / 2 ** 20}`;
