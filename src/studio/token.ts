import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeAtomic } from "../core/files.ts";

/**
 * The token of a folder of runs, which outlasts the server: a page that is open goes on when the studio
 * is started again. It lies in the folder, readable by its owner only.
 */
export function lastingToken(out: string): string {
  const file = join(out, ".studio-token");
  try {
    const token = readFileSync(file, "utf8").trim();
    if (/^[\w-]{32}$/.test(token)) return token;
  } catch {
    // None yet.
  }
  const token = randomBytes(24).toString("base64url");
  mkdirSync(out, { recursive: true });
  writeAtomic(file, `${token}\n`);
  chmodSync(file, 0o600);
  return token;
}
