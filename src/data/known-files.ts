import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../core/cache-folder.ts";
import { download } from "../core/download.ts";
import { GanymedeError } from "../core/errors.ts";
import type { Opening } from "./source.ts";

/** A file that its publisher keeps for everybody. */
export interface KnownFile {
  readonly name: string;
  readonly url: string;
  /** As published. */
  readonly md5: string;
}

/** Files of a known data set, and how a user names a folder that has them. */
export interface KnownSet {
  readonly id: string;
  readonly files: readonly KnownFile[];
  /** Environment variable that names a folder. */
  readonly variable: string;
}

/**
 * The folder of a known set in the cache, after what is missing has been downloaded and found to be as
 * published. The variable GANYMEDE_MIRROR names a server that has the same files as
 * `<mirror>/<set>/<file>`; GANYMEDE_OFFLINE forbids downloads.
 *
 * @throws GanymedeError DATA_MISSING where downloads are forbidden, DOWNLOAD_*
 */
export async function fetchKnown(
  { id, files, variable }: KnownSet,
  { onProgress }: Opening,
): Promise<string> {
  const folder = join(cacheFolder(), "downloads", id);
  const mirror = process.env.GANYMEDE_MIRROR?.replace(/\/$/, "");
  for (const { name, url, md5 } of files) {
    const path = join(folder, name);
    // Only what is whole and has the right hash ever gets this name.
    if (existsSync(path)) continue;
    if (process.env.GANYMEDE_OFFLINE) throw forbidden(id, path, variable);
    await download({
      url: mirror ? `${mirror}/${id}/${name}` : url,
      path,
      md5,
      onProgress: (done, total) => onProgress?.(`downloading ${name}, bytes`, done, total),
    });
  }
  return folder;
}

const forbidden = (id: string, path: string, variable: string) =>
  new GanymedeError("DATA_MISSING", {
    where: `data ${id}`,
    expected: path,
    got: "none, and GANYMEDE_OFFLINE forbids downloads",
    fix: `name a folder by the option folder or the variable ${variable}, or allow them`,
  });
