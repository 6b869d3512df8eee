/** Small disks in memory that fill up or turn read-only. Mounting takes an administrator, on Linux. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const mount = (...words: string[]) => execFileSync("mount", words, { stdio: "ignore" });

/** Whether disks can be mounted here. */
export function canMount(): boolean {
  try {
    new Disk(1).dispose();
    return true;
  } catch {
    return false;
  }
}

export class Disk {
  readonly path: string;
  private readonly filler: string;

  /** @param mebibytes its size */
  constructor(mebibytes: number) {
    this.path = mkdtempSync(join(tmpdir(), "ganymede-disk-"));
    this.filler = join(this.path, "filler");
    mount("-t", "tmpfs", "-o", `size=${mebibytes}m`, "tmpfs", this.path);
  }

  /** Leaves `kibibytes` of room. */
  fill(kibibytes: number): void {
    const { bsize, bavail } = statfsSync(this.path);
    writeFileSync(this.filler, new Uint8Array(bsize * bavail - 1024 * kibibytes));
  }

  empty(): void {
    rmSync(this.filler);
  }

  /** From now on it takes writes, or none. */
  allowWrites(allowed: boolean): void {
    mount("-o", `remount,${allowed ? "rw" : "ro"}`, this.path);
  }

  dispose(): void {
    // Lazily: a process that has just ended may still be let go of.
    execFileSync("umount", ["-l", this.path]);
    rmSync(this.path, { recursive: true });
  }
}
