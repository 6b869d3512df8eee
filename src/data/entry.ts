import { createReadStream, type Stats, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { GanymedeError } from "../core/errors.ts";

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

/** Larger files are not read: 256 MiB. */
export const largestFile = 2 ** 28;

/** What a path leads to, or a DATA_MISSING error. */
export function statOf(path: string): Stats {
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
