import { homedir } from "node:os";
import { join } from "node:path";

/**
 * Where downloads and statistics are kept for later: the variable GANYMEDE_CACHE, else a folder
 * `ganymede` in the user's cache: XDG_CACHE_HOME, LOCALAPPDATA on Windows, else ~/.cache.
 */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.GANYMEDE_CACHE) return env.GANYMEDE_CACHE;
  const local = process.platform === "win32" ? env.LOCALAPPDATA : undefined;
  return join(env.XDG_CACHE_HOME || local || join(homedir(), ".cache"), "ganymede");
}
