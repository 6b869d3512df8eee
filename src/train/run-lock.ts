import { randomBytes } from "node:crypto";
import {
  closeSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { GanymedeError } from "../core/errors.ts";
import { makeFolder, unwritable } from "../core/files.ts";

/** Who trains a run. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When its process began, in clock ticks since the machine did; absent where that is not known. */
  readonly processStart?: string;
  /** Tells two holders of one process apart. */
  readonly token: string;
}

/** Milliseconds between signs of life. */
const beat = 5000;

/** Without a sign of life for as long, a holder on another machine is taken for dead. */
const silence = 10 * 60_000;

const fileIn = (run: string): string => join(run, "lock.json");

/**
 * Who trains a run at this moment, or undefined. A lock whose process is gone (killed, power lost)
 * counts for nothing.
 */
export function holderOf(run: string): Holder | undefined {
  const seen = look(fileIn(run));
  return seen && isAlive(seen) ? seen.holder : undefined;
}

/** The right to train a run: one process at a time has it. */
export class RunLock {
  private readonly file: string;
  private readonly token: string;
  private beatenAt = 0;

  private constructor(file: string, token: string) {
    this.file = file;
    this.token = token;
  }

  /** Throws `RUN_BUSY` when another training has it, `UNWRITABLE` or `DISK_FULL`. */
  static take(run: string): RunLock {
    const file = fileIn(run);
    const token = randomBytes(8).toString("hex");
    try {
      makeFolder(run);
      if (!create(file, token)) {
        removeStale(file, run);
        if (!create(file, token)) throw busy(run, look(file)?.holder);
      }
    } catch (error) {
      throw error instanceof GanymedeError ? error : unwritable(file, error);
    }
    return new RunLock(file, token);
  }

  /** A sign of life, if one is due: a machine that cannot see this process must not take it for dead. */
  touch(): void {
    const now = Date.now();
    if (now - this.beatenAt < beat) return;
    this.beatenAt = now;
    try {
      utimesSync(this.file, now / 1000, now / 1000);
    } catch {
      // Whoever deleted the file wants no lock; the training goes on as it would without.
    }
  }

  release(): void {
    if (look(this.file)?.holder?.token !== this.token) return;
    try {
      rmSync(this.file, { force: true });
    } catch {
      // On a disk that takes no writes any more: what ended the training tells more, and once this
      // process is gone its lock counts for nothing.
    }
  }
}

/** Whether the lock was free. */
function create(file: string, token: string): boolean {
  const { pid } = process;
  const processStart = statOf(pid)?.start;
  const holder: Holder = {
    pid,
    host: hostname(),
    ...(processStart !== undefined && { processStart }),
    token,
  };
  try {
    const handle = openSync(file, "wx");
    try {
      writeFileSync(handle, `${JSON.stringify(holder)}\n`);
    } catch (error) {
      rmSync(file, { force: true });
      throw error;
    } finally {
      closeSync(handle);
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Throws `RUN_BUSY` unless the holder is dead. */
function removeStale(file: string, run: string): void {
  const seen = look(file);
  if (!seen) return;
  if (isAlive(seen)) throw busy(run, seen.holder);
  // Renamed first: of two processes that find the same dead lock one gets it.
  const aside = join(run, `.lock.json.${randomBytes(6).toString("hex")}.tmp`);
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  const taken = look(aside);
  // The other one was faster and this is its living lock: back with it.
  if (taken?.holder?.token !== seen.holder?.token) linkSync(aside, file);
  rmSync(aside, { force: true });
}

interface Sighting {
  /** Undefined while the file is being written, or when it is damaged. */
  readonly holder: Holder | undefined;
  /** Milliseconds since its last sign of life. */
  readonly age: number;
}

function look(file: string): Sighting | undefined {
  try {
    const age = Date.now() - statSync(file).mtimeMs;
    return { holder: parse(readFileSync(file, "utf8")), age };
  } catch {
    return undefined;
  }
}

function parse(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Holder | null;
    return typeof holder?.token === "string" && Number.isInteger(holder.pid) ? holder : undefined;
  } catch {
    return undefined;
  }
}

function isAlive({ holder, age }: Sighting): boolean {
  if (!holder) return age < beat;
  if (holder.host !== hostname()) return age < silence;
  if (!exists(holder.pid)) return false;
  const stat = statOf(holder.pid);
  // Without /proc a number that went to another process looks alive, until it has been silent.
  if (!stat) return age < silence;
  // The number may have gone to another process: after a restart they begin anew.
  const isSame = holder.processStart === undefined || stat.start === holder.processStart;
  return isSame && !stat.isZombie;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and somebody else's.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Linux: state and start of a process, the 3rd and 22nd fields of its stat (man 5 proc). */
function statOf(pid: number): { readonly start: string; readonly isZombie: boolean } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The 2nd field is the name, which may hold blanks and brackets.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { start: fields[19]!, isZombie: fields[0] === "Z" };
  } catch {
    return undefined;
  }
}

function busy(run: string, holder: Holder | undefined): GanymedeError {
  const by = holder ? `process ${holder.pid} on ${holder.host}` : "another process";
  return new GanymedeError("RUN_BUSY", {
    where: run,
    expected: "a run that nobody trains",
    got: `one that ${by} is training`,
    fix: "wait for it or stop it (Ctrl-C there), or train under another name",
  });
}
