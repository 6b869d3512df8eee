import { closeSync, openSync, readSync, statSync } from "node:fs";

/** Where a reader of a log stands: behind which byte, and the step of the line before it. */
export interface Mark {
  readonly offset: number;
  /** −1 at the start. */
  readonly step: number;
}

export const start: Mark = { offset: 0, step: -1 };

interface Line {
  readonly step: number;
}

export interface Read<T> {
  readonly rows: readonly T[];
  readonly mark: Mark;
  /** Whether the file is no longer the one that the mark was made in: a resumed run cuts its logs. */
  readonly isOther: boolean;
}

/** Bytes that are read at once: some 2,000 rows, a few milliseconds to parse. */
const piece = 2 ** 18;

/**
 * The next whole lines of a log that another thread or process writes. A line that is not JSON, which
 * a crash cut off, is passed over. Nothing where there is no file.
 */
export function readOn<T extends Line>(file: string, from: Mark, bytes = piece): Read<T> {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size < from.offset || !isAt(file, from)) return { rows: [], mark: start, isOther: true };
  if (size === from.offset) return { rows: [], mark: from, isOther: false };
  const text = textAt(file, from.offset, Math.min(bytes, size - from.offset));
  const end = text.lastIndexOf("\n") + 1;
  // A line that is longer than a piece.
  if (end === 0 && text.length === bytes) return readOn(file, from, 2 * bytes);
  const rows = linesOf<T>(text.subarray(0, end));
  const step = rows.at(-1)?.step ?? from.step;
  return { rows, mark: { offset: from.offset + end, step }, isOther: false };
}

/** Whether a line of the mark's step ends where it stands. */
function isAt(file: string, { offset, step }: Mark): boolean {
  if (offset === 0) return true;
  const before = Math.min(offset, 2 ** 14);
  const text = textAt(file, offset - before, before);
  if (text.at(-1) !== 10) return false;
  const line = text.subarray(text.lastIndexOf("\n", -2) + 1);
  // The line is longer than what was read of it, or damaged: then only the line's end tells.
  return (linesOf<Line>(line)[0]?.step ?? step) === step;
}

function textAt(file: string, offset: number, length: number): Buffer {
  const handle = openSync(file, "r");
  try {
    const buffer = Buffer.alloc(length);
    return buffer.subarray(0, readSync(handle, buffer, 0, length, offset));
  } finally {
    closeSync(handle);
  }
}

function linesOf<T extends Line>(text: Buffer): T[] {
  return text
    .toString("utf8")
    .split("\n")
    .flatMap((line) => {
      try {
        const row = JSON.parse(line) as T;
        return Number.isInteger(row?.step) ? [row] : [];
      } catch {
        return [];
      }
    });
}
