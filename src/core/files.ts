import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { GanymedeError } from "./errors.ts";

/**
 * Writes a file whole or not at all: into a temporary neighbour, flushed to the disk, then renamed
 * over `path`. Missing folders are made. On failure the temporary file is removed and a file that
 * was at `path` before is untouched.
 *
 * Synchronous: call it from a worker thread, not from a server's.
 *
 * @param data text (as UTF-8), bytes, or chunks of bytes that are written one after another
 * @throws GanymedeError DISK_FULL when no space or quota is left, UNWRITABLE for every other reason
 */
export function writeAtomic(path: string, data: string | Uint8Array | readonly Uint8Array[]): void {
  const chunks = typeof data === "string" || data instanceof Uint8Array ? [data] : data;
  const folder = dirname(path);
  const temporary = besides(path);
  try {
    makeFolder(folder);
    writeThrough(temporary, chunks);
    renameSync(temporary, path);
  } catch (error) {
    discard(temporary);
    throw unwritable(path, error);
  }
  syncFolder(folder);
}

/**
 * Removes what `writeAtomic` left in a folder when its process was killed. Only for a folder that
 * nobody else is writing to.
 */
export function sweepTemporaries(folder: string): void {
  if (!existsSync(folder)) return;
  for (const file of readdirSync(folder)) {
    if (/^\..+\.[0-9a-f]{12}\.tmp$/.test(file)) discard(join(folder, file));
  }
}

/**
 * `writeAtomic` for a file that is larger than memory or that another process writes: `fill` is told a
 * temporary path beside `path` and puts the file there.
 *
 * @throws what `writeAtomic` throws; what `fill` throws, when it is no failure of the file system
 */
export async function fillAtomic(
  path: string,
  fill: (temporary: string) => Promise<void>,
): Promise<void> {
  const folder = dirname(path);
  const temporary = besides(path);
  try {
    makeFolder(folder);
    await fill(temporary);
    flush(temporary);
    renameSync(temporary, path);
  } catch (error) {
    discard(temporary);
    throw isSystemError(error) ? unwritable(path, error) : error;
  }
  syncFolder(folder);
}

const isSystemError = (error: unknown): boolean =>
  error instanceof Error && /^E[A-Z]+$/.test((error as NodeJS.ErrnoException).code ?? "");

/** A name in the same folder. It is random: two workers of one process may write the same file. */
const besides = (path: string): string =>
  join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);

function flush(path: string): void {
  const file = openSync(path, "r+");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Not `recursive: true`: below a folder that takes none, such as /proc, Node 20 then never returns. */
export function makeFolder(path: string): void {
  const parent = dirname(path);
  if (existsSync(path) || parent === path) {
    return;
  }
  makeFolder(parent);
  try {
    mkdirSync(path);
  } catch (error) {
    // Another worker may have been faster.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
      throw error;
    }
  }
}

function writeThrough(path: string, chunks: readonly (string | Uint8Array)[]): void {
  const file = openSync(path, "wx");
  try {
    for (const chunk of chunks) {
      writeFileSync(file, chunk);
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function discard(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The write's own failure is what the user must see.
  }
}

/** Makes the rename last through a power cut. The file is in place already, so failing is harmless. */
function syncFolder(folder: string): void {
  try {
    const handle = openSync(folder, "r");
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch {
    // Windows and some network disks refuse to flush a folder.
  }
}

interface Diagnosis {
  readonly code: string;
  readonly expected: string;
  readonly fix: string;
}

const full: Diagnosis = {
  code: "DISK_FULL",
  expected: "enough free space",
  fix: "free some space or choose a folder on another disk",
};
const forbidden: Diagnosis = {
  code: "UNWRITABLE",
  expected: "permission to write",
  fix: "choose a folder that you may write to",
};
const misplaced: Diagnosis = {
  code: "UNWRITABLE",
  expected: "a path whose parts are folders and whose end is a file",
  fix: "correct the path",
};
const unknown: Diagnosis = {
  code: "UNWRITABLE",
  expected: "the disk to take the file",
  fix: "choose another folder",
};

const diagnoses: Readonly<Record<string, Diagnosis>> = {
  ENOSPC: full,
  EDQUOT: full,
  EACCES: forbidden,
  EPERM: forbidden,
  EROFS: forbidden,
  ENOTDIR: misplaced,
  EEXIST: misplaced,
  ENOENT: misplaced,
  EISDIR: misplaced,
  ENAMETOOLONG: misplaced,
};

export function unwritable(path: string, error: unknown): GanymedeError {
  const { code, message } = error as NodeJS.ErrnoException;
  const { code: ours, expected, fix } = diagnoses[code ?? ""] ?? unknown;
  return new GanymedeError(
    ours,
    {
      where: path,
      expected,
      got: code ?? message,
      fix: `${fix}; nothing was written and any earlier file there is untouched`,
    },
    { cause: error },
  );
}
