import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "../core/cache-folder.ts";
import { sha256 } from "../core/checksum.ts";
import { type DownloadOptions, download } from "../core/download.ts";
import { GanymedeError, nearest } from "../core/errors.ts";
import { writeAtomic } from "../core/files.ts";
import type { Provider } from "../engine/run/provider.ts";
import { type Extractor, startExtractor, wrongHash } from "./extractor.ts";
import { type ExtractorManifest, parseManifest } from "./extractor-manifest.ts";

/** Records that come with Ganymede; src/metrics and dist/metrics lie alike. */
const bundled = fileURLToPath(new URL("../../data/extractors/", import.meta.url));

export interface OpenExtractor {
  /** The user's own model file, instead of the one beside the record or in the cache. */
  readonly file?: string;
  /** Folder for downloads; `extractors` in the user's cache when absent. */
  readonly cache?: string;
  readonly onProgress?: DownloadOptions["onProgress"];
}

/** Ids of the extractors that come with Ganymede, with their models or as addresses. */
export const extractorIds = (): string[] =>
  readdirSync(bundled)
    .filter((f) => f.endsWith(".json"))
    .map((f) => f.slice(0, -".json".length))
    .sort();

/**
 * The record of an extractor.
 *
 * @param which an id of `extractorIds`, or the path of a record, which ends in .json
 * @throws GanymedeError UNKNOWN_EXTRACTOR, EXTRACTOR_MISSING when the file cannot be read,
 *   EXTRACTOR_FORMAT when it is no record
 */
export function readManifest(which: string): ExtractorManifest {
  const path = recordOf(which);
  const text = new TextDecoder().decode(read(path));
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : String(cause);
    const fault = {
      where: path,
      expected: "an extractor's record in JSON",
      got,
      fix: "correct it",
    };
    throw new GanymedeError("EXTRACTOR_FORMAT", fault, { cause });
  }
  return parseManifest(path, raw);
}

/**
 * Opens an extractor. Its model is `options.file`, or lies beside the record, or in the cache; or it
 * is downloaded into the cache. A download whose hash nobody has told is pinned: its hash is written
 * beside it, and from then on no other file is taken for it.
 *
 * @param which an id of `extractorIds`, the path of a record, or a record itself
 * @throws GanymedeError those of `readManifest`, DOWNLOAD_*, EXTRACTOR_MISSING when there is neither
 *   file nor address, EXTRACTOR_HASH, SESSION
 */
export async function openExtractor(
  provider: Provider,
  which: string | ExtractorManifest,
  options: OpenExtractor = {},
): Promise<Extractor> {
  const { manifest, model } = await readExtractor(which, options);
  return startExtractor(manifest, model, provider);
}

/** The record and the model of `openExtractor`, which throws the same, but not yet started. */
export async function readExtractor(
  which: string | ExtractorManifest,
  options: OpenExtractor = {},
): Promise<{ readonly manifest: ExtractorManifest; readonly model: Uint8Array }> {
  const manifest = typeof which === "string" ? readManifest(which) : which;
  const beside = join(
    typeof which === "string" ? dirname(recordOf(which)) : bundled,
    manifest.file,
  );
  const own = options.file ?? (existsSync(beside) ? beside : undefined);
  return { manifest, model: own === undefined ? await cached(manifest, options) : read(own) };
}

/** The path of a record; ids are names of files in the bundled folder. */
function recordOf(which: string): string {
  if (which.endsWith(".json")) return which;
  const ids = extractorIds();
  if (ids.includes(which)) return join(bundled, `${which}.json`);
  const close = nearest(which, ids);
  throw new GanymedeError("UNKNOWN_EXTRACTOR", {
    where: "extractor",
    expected: `one of ${ids.join(", ")}, or the path of a record that ends in .json`,
    got: which,
    fix: close === undefined ? "choose one of them" : `did you mean ${close}?`,
  });
}

/** The model's bytes from the cache, downloaded if they are not there, and pinned. */
async function cached(manifest: ExtractorManifest, options: OpenExtractor): Promise<Uint8Array> {
  const { id, file, url, sha256: wanted } = manifest;
  const path = join(options.cache ?? join(cacheFolder(), "extractors"), id, file);
  if (!existsSync(path)) {
    if (url === undefined) throw withoutAddress(manifest, path);
    const { onProgress } = options;
    await download({
      url,
      path,
      ...(wanted && { sha256: wanted }),
      ...(onProgress && { onProgress }),
    });
  }
  const model = read(path);
  if (wanted === undefined) await pin(manifest, path, model);
  return model;
}

/** Holds a file to the hash that it had when it was first seen. */
async function pin(manifest: ExtractorManifest, path: string, model: Uint8Array): Promise<void> {
  const [record, found] = [`${path}.sha256`, await sha256(model)];
  if (!existsSync(record)) return writeAtomic(record, `${found}\n`);
  const pinned = new TextDecoder().decode(read(record)).trim();
  if (pinned !== found) throw wrongHash(manifest, `${pinned}, pinned in ${record}`, found);
}

const withoutAddress = ({ id, about }: ExtractorManifest, path: string) =>
  new GanymedeError("EXTRACTOR_MISSING", {
    where: `extractor ${id}`,
    expected: "its model: no address of a public one is known",
    got: "no file",
    fix: `give the file by --extractor-file or put it at ${path}. ${about}`,
  });

function read(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    const got = (cause as NodeJS.ErrnoException).code ?? String(cause);
    const fix = "correct the path, or restore data/extractors from the package";
    const fault = { where: path, expected: "a readable file of an extractor", got, fix };
    throw new GanymedeError("EXTRACTOR_MISSING", fault, { cause });
  }
}
