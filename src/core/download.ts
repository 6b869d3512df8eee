import { createHash, type Hash } from "node:crypto";
import { createReadStream, existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { type FileHandle, open, rename, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { GanymedeError } from "./errors.ts";
import { makeFolder, unwritable, writeAtomic } from "./files.ts";

export interface DownloadOptions {
  /** http or https. */
  readonly url: string;
  /** Where the file goes; `<path>.part` holds what has come so far. */
  readonly path: string;
  /** Hexadecimal. Absent: whatever comes is taken. */
  readonly sha256?: string;
  /** The same of publishers that give only this; it tells damage, not malice. */
  readonly md5?: string;
  /** After each piece; `total` when the server says. Bytes. */
  readonly onProgress?: (received: number, total: number | undefined) => void;
  /** Further attempts after a failure that may pass; 3 when absent. */
  readonly retries?: number;
  /** Wait before the first of them, doubled at each, milliseconds; 1,000 when absent. */
  readonly pause?: number;
  /** Longest silence of the server, milliseconds; 30,000 when absent. */
  readonly timeout?: number;
}

export interface Downloaded {
  readonly sha256: string;
  readonly bytes: number;
  /** Bytes that an earlier, broken download had left. */
  readonly resumed: number;
}

/** A failure that may pass: a broken connection, a server out of order. */
class Passing extends Error {}

/** The file that has come is not the one that was wanted; `resumed` = some of it from earlier. */
class WrongHash extends Error {
  readonly got: string;
  readonly resumed: boolean;

  /** @param got the hash with its name */
  constructor(got: string, resumed: boolean) {
    super(got);
    this.got = got;
    this.resumed = resumed;
  }
}

/**
 * Brings a file here: whole and verified, or not at all. A broken download goes on from where it was
 * (HTTP Range with If-Range, RFC 9110 §13.1.5 and §14.2), in this call or a later one.
 *
 * @throws GanymedeError DOWNLOAD_FAILED when the server refuses or attempts run out, DOWNLOAD_HASH when
 *   the file is another one (it is not kept), DOWNLOAD_SPACE when the disk is full, UNWRITABLE
 */
export async function download(options: DownloadOptions): Promise<Downloaded> {
  const { path, retries = 3, pause = 1000 } = options;
  prepareFolder(dirname(path));
  for (let attempt = 0; ; attempt++) {
    try {
      return await attemptOnce(options);
    } catch (error) {
      if (error instanceof WrongHash) {
        discardPart(path);
        // A part of an older file may have been the cause: once more from the start.
        if (!error.resumed || attempt >= retries) throw hashError(options, error.got);
      } else if (!(error instanceof Passing)) throw error;
      if (attempt >= retries) throw failed(options, (error as Error).message, error);
      await delay(pause * 2 ** attempt);
    }
  }
}

function prepareFolder(folder: string): void {
  try {
    makeFolder(folder);
  } catch (error) {
    throw unwritable(folder, error);
  }
}

const partOf = (path: string): string => `${path}.part`;
/** Tells which file on the server the part is of: its address, and its tag on a second line. */
const originOf = (path: string): string => `${path}.part.from`;

function discardPart(path: string): void {
  rmSync(partOf(path), { force: true });
  rmSync(originOf(path), { force: true });
}

/** What an earlier attempt has left, if it is known to belong to this download. */
function leftover({ url, path, sha256, md5 }: DownloadOptions) {
  if (!existsSync(partOf(path)) || !existsSync(originOf(path))) return undefined;
  const [origin, etag = ""] = readFileSync(originOf(path), "utf8").split("\n");
  const size = statSync(partOf(path)).size;
  // Without a tag only the hash can tell whether both halves are of one file.
  const trusted = origin === url && (etag !== "" || (sha256 ?? md5) !== undefined);
  return trusted && size > 0 ? { size, etag } : undefined;
}

async function attemptOnce(options: DownloadOptions): Promise<Downloaded> {
  const { path } = options;
  const left = leftover(options);
  const silence = new Silence(options.timeout ?? 30_000);
  try {
    const response = await request(options, left, silence);
    const resumed = response.status === 206 ? left!.size : 0;
    const { hash, bytes } = await receive(options, response, resumed, silence);
    const sha256 = hash.digest("hex");
    await requireHash(options, sha256, resumed > 0);
    await rename(partOf(path), path);
    rmSync(originOf(path), { force: true });
    return { sha256, bytes, resumed };
  } finally {
    silence.end();
  }
}

async function requireHash(options: DownloadOptions, sha256: string, resumed: boolean) {
  if (options.sha256 !== undefined && sha256 !== options.sha256) {
    throw new WrongHash(`SHA-256 ${sha256}`, resumed);
  }
  if (options.md5 === undefined) return;
  const md5 = (await hashOf(partOf(options.path), "md5")).digest("hex");
  if (md5 !== options.md5) throw new WrongHash(`MD5 ${md5}`, resumed);
}

/** Cuts a connection that says nothing for too long. */
class Silence {
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
    this.heard();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  heard(): void {
    this.end();
    const reason = new Error(`silence for ${this.limit} ms`);
    this.timer = setTimeout(() => this.controller.abort(reason), this.limit);
  }

  end(): void {
    clearTimeout(this.timer);
  }
}

/** The server's answer with a body: whole (200) or the missing rest (206). */
async function request(
  options: DownloadOptions,
  left: { size: number; etag: string } | undefined,
  silence: Silence,
): Promise<Response> {
  // Compressed on the way, bytes could not be counted.
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  if (left) headers.range = `bytes=${left.size}-`;
  if (left?.etag) headers["if-range"] = left.etag;
  const response = await fetch(options.url, { headers, signal: silence.signal }).catch(
    (error: unknown) => {
      throw new Passing(reasonOf(error), { cause: error });
    },
  );
  const { status } = response;
  if (status === 200 && response.body) return response;
  const start = `bytes ${left?.size}-`;
  if (status === 206 && left && response.headers.get("content-range")?.startsWith(start)) {
    return response;
  }
  await response.body?.cancel();
  // The part is longer than the file or the server mistook the range: from the start.
  if (status === 416 || status === 206) discardPart(options.path);
  const said = `HTTP ${status} ${response.statusText}`.trim();
  const passes = status >= 500 || [206, 408, 416, 429].includes(status);
  throw passes ? new Passing(said) : failed(options, said);
}

/** Writes a body behind what is there already, hashing all of it. */
async function receive(
  options: DownloadOptions,
  response: Response,
  resumed: number,
  silence: Silence,
): Promise<{ hash: Hash; bytes: number }> {
  const { url, path, onProgress } = options;
  const length = Number(response.headers.get("content-length") ?? Number.NaN);
  const total = Number.isFinite(length) ? resumed + length : undefined;
  await requireSpace(path, length);
  if (resumed === 0) discardPart(path);
  const etag = response.headers.get("etag") ?? "";
  // A weak tag does not promise equal bytes.
  writeAtomic(originOf(path), `${url}\n${etag.startsWith("W/") ? "" : etag}`);
  const hash = resumed > 0 ? await hashOf(partOf(path)) : createHash("sha256");
  const file = await open(partOf(path), resumed > 0 ? "a" : "w");
  let bytes = resumed;
  try {
    for await (const piece of pieces(response, silence)) {
      await append(file, piece, path);
      hash.update(piece);
      bytes += piece.length;
      onProgress?.(bytes, total);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { hash, bytes };
}

/** The body; `fetch` itself notices when it is shorter than announced. */
async function* pieces(response: Response, silence: Silence): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of response.body!) {
      silence.heard();
      yield piece as Uint8Array;
    }
  } catch (error) {
    throw new Passing(reasonOf(error), { cause: error });
  }
}

async function append(file: FileHandle, piece: Uint8Array, path: string): Promise<void> {
  try {
    await file.appendFile(piece);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    throw ["ENOSPC", "EDQUOT"].includes(code)
      ? noSpace(path, code, error)
      : unwritable(path, error);
  }
}

async function requireSpace(path: string, length: number): Promise<void> {
  if (!Number.isFinite(length)) return;
  const { bavail, bsize } = await statfs(dirname(path));
  const free = bavail * bsize;
  if (free < length) throw noSpace(path, `${free} bytes free for ${length}`);
}

async function hashOf(path: string, name = "sha256"): Promise<Hash> {
  const hash = createHash(name);
  for await (const piece of createReadStream(path)) hash.update(piece as Uint8Array);
  return hash;
}

/** What fetch hides in its causes. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}

const failed = ({ url, path }: DownloadOptions, got: string, cause?: unknown) =>
  new GanymedeError(
    "DOWNLOAD_FAILED",
    {
      where: url,
      expected: "the file",
      got,
      fix: `check the address and your connection and try again: it goes on where it was; or put the file at ${path} yourself`,
    },
    { cause },
  );

const hashError = ({ url, sha256, md5 }: DownloadOptions, got: string) =>
  new GanymedeError("DOWNLOAD_HASH", {
    where: url,
    expected: `a file with ${sha256 ? `SHA-256 ${sha256}` : `MD5 ${md5}`}`,
    got,
    fix: "the file there has changed or was altered on the way: it was not kept",
  });

const noSpace = (path: string, got: string, cause?: unknown) =>
  new GanymedeError(
    "DOWNLOAD_SPACE",
    {
      where: path,
      expected: "enough free space",
      got,
      fix: "free some space, or name a folder on another disk by GANYMEDE_CACHE",
    },
    { cause },
  );
