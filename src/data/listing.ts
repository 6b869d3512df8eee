import { readdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Entry, fileEntry, statOf } from "./entry.ts";
import type { Refusal } from "./source.ts";
import { listZip } from "./zip.ts";

export interface Listing {
  /** The folder or archive. */
  readonly where: string;
  /** What tells it from others whose files have the same names and stamps. */
  readonly identity: string;
  /** In the order of their names' code units, the same everywhere. */
  readonly entries: readonly Entry[];
  readonly refused: readonly Refusal[];
}

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
