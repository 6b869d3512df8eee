import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { GanymedeError } from "../core/errors.ts";
import { unwritable, writeAtomic } from "../core/files.ts";
import { RunFolder } from "../train/run-folder.ts";

const fileIn = (path: string): string => join(path, "note.txt");

/** Characters of a note at most. */
const longest = 10_000;

/** What its user wrote about a run; "" where nothing was. */
export function noteOf(path: string): string {
  try {
    return readFileSync(fileIn(path), "utf8").trim();
  } catch {
    return "";
  }
}

/**
 * Writes a note beside a run in place of the one before; an empty one takes it away. Returns it without
 * blanks around it. Throws `NO_RUN`, `UNWRITABLE`, `OPTION` for one of more than 10,000 characters.
 */
export function noteRun(path: string, text: string): string {
  RunFolder.open(path);
  const note = text.trim();
  if (note.length > longest) throw tooLong(note.length);
  try {
    if (note === "") rmSync(fileIn(path), { force: true });
    else writeAtomic(fileIn(path), `${note}\n`);
  } catch (error) {
    throw error instanceof GanymedeError ? error : unwritable(fileIn(path), error);
  }
  return note;
}

const tooLong = (length: number): GanymedeError =>
  new GanymedeError("OPTION", {
    where: "note",
    expected: `at most ${longest} characters`,
    got: String(length),
    fix: "shorten it, or keep the text in a file of your own",
  });
