/**
 * The directory and the entries of a zip file, read by position, so that an archive may be larger than
 * memory. PKWARE APPNOTE 6.3.9, with zip64; stored and deflated entries. Of our own because the
 * library's reader takes 8 s for the 60,000 names of a picture archive, at each start of a training.
 */
import { closeSync, createReadStream, fstatSync, openSync, readSync } from "node:fs";
import { pipeline } from "node:stream";
import { promisify } from "node:util";
import { crc32, createInflateRaw, inflateRaw } from "node:zlib";
import { GanymedeError } from "../core/errors.ts";
import { type Entry, largestFile, tooLarge } from "./entry.ts";
import type { Refusal } from "./source.ts";

const inflate = promisify(inflateRaw) as (
  bytes: Uint8Array,
  options: { maxOutputLength: number },
) => Promise<Uint8Array>;

/** A name and where its bytes are, as the directory says. */
interface Member {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

/** What is in a directory's places of 32 or 16 bits when the value is in the zip64 field. */
const elsewhere = 0xffffffff;
const longestComment = 0xffff;
/** A directory of some four million names. */
const largestDirectory = 2 ** 28;
/** Pictures and arrays never shrink like this; what does, and is large, is made to fill memories. */
const largestRatio = 100;
const harmless = 2 ** 24;

/**
 * @throws GanymedeError DATA_FORMAT for what is no zip file or has overlapping entries,
 *   DATA_TRUNCATED when its directory is cut
 */
export function listZip(path: string): { entries: Entry[]; refused: Refusal[] } {
  const entries: Entry[] = [];
  const refused: Refusal[] = [];
  const [members, length] = withFile(path, (file, size) => [readDirectory(file, size, path), size]);
  if (members.reduce((sum, m) => sum + m.packed, 0) > length) {
    throw zipError(path, "entries that lie apart", "entries that overlap");
  }
  for (const member of members) {
    const { name, size, crc } = member;
    if (name.endsWith("/") || name.startsWith("__MACOSX/") || /(^|\/)\./.test(name)) {
      if (!isUnsafe(name)) continue;
    }
    const reason = refusalOf(member);
    if (reason) refused.push({ name, reason });
    else {
      const read = () => readMember(path, member);
      const pieces = () => memberPieces(path, member);
      entries.push({ name, size, stamp: String(crc), read, pieces });
    }
  }
  return { entries, refused };
}

const isUnsafe = (name: string): boolean =>
  /^([a-z]:|\/)/i.test(name) || name.split("/").includes("..");

function refusalOf({ name, flags, method, size, packed }: Member): string | undefined {
  if (isUnsafe(name)) return "a name that leads out of the archive";
  if (flags & 1) return "encrypted";
  if (method !== 0 && method !== 8) return `packed by method ${method}; only 0 and 8 are read`;
  if (size > harmless && size > largestRatio * packed) {
    return `grows ${Math.round(size / Math.max(1, packed))}-fold when unpacked, as a zip bomb`;
  }
  return undefined;
}

/** Finds the end record, from the back, and reads the directory that it points at. */
function readDirectory(file: number, length: number, path: string): Member[] {
  const tail = readAt(file, Math.max(0, length - longestComment - 22), longestComment + 22, length);
  const end = tail.lastIndexOf(Uint8Array.of(0x50, 0x4b, 5, 6) as Buffer);
  if (end < 0 || end + 22 > tail.length) {
    throw zipError(path, "a zip file", "a file without a zip directory");
  }
  const at = length - tail.length + end;
  let count = tail.readUInt16LE(end + 10);
  let size = tail.readUInt32LE(end + 12);
  let start = tail.readUInt32LE(end + 16);
  if (count === 0xffff || size === elsewhere || start === elsewhere) {
    [count, size, start] = readZip64(file, at, length, path);
  }
  if (start + size > at || size > largestDirectory) throw truncated(path);
  return parseDirectory(readAt(file, start, size, length), count, path);
}

function readZip64(file: number, end: number, length: number, path: string) {
  const locator = readAt(file, end - 20, 20, length);
  if (locator.length < 20 || locator.readUInt32LE(0) !== 0x07064b50) throw truncated(path);
  const record = readAt(file, Number(locator.readBigUInt64LE(8)), 56, length);
  if (record.length < 56 || record.readUInt32LE(0) !== 0x06064b50) throw truncated(path);
  return [32, 40, 48].map((at) => Number(record.readBigUInt64LE(at))) as [number, number, number];
}

function parseDirectory(bytes: Buffer, count: number, path: string): Member[] {
  const members: Member[] = [];
  for (let at = 0; members.length < count; ) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== 0x02014b50) throw truncated(path);
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((o) =>
      bytes.readUInt16LE(at + o),
    ) as [number, number, number];
    const nameEnd = at + 46 + nameLength;
    const extra = bytes.subarray(nameEnd, nameEnd + extraLength);
    const u32 = (offset: number) => bytes.readUInt32LE(at + offset);
    const [size, packed, offset] = widened([u32(24), u32(20), u32(42)], extra);
    members.push({
      name: nameOf(bytes.subarray(at + 46, nameEnd)),
      flags: bytes.readUInt16LE(at + 8),
      method: bytes.readUInt16LE(at + 10),
      crc: u32(16),
      size: size!,
      packed: packed!,
      offset: offset!,
    });
    at = nameEnd + extraLength + commentLength;
  }
  return members;
}

/** The values that did not fit in 32 bits, from the zip64 extra field, in this order. */
function widened(values: number[], extra: Buffer): number[] {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    let next = at + 4;
    return values.map((value) => {
      if (value !== elsewhere || next + 8 > extra.length) return value;
      next += 8;
      return Number(extra.readBigUInt64LE(next - 8));
    });
  }
  return values;
}

/** UTF-8; what is not (old archives, in the code page of their maker) keeps its ASCII letters. */
const nameOf = (bytes: Buffer): string => bytes.toString("utf8").replaceAll("\\", "/");

async function readMember(path: string, member: Member): Promise<Uint8Array> {
  if (member.size > largestFile) throw new Error(tooLarge(member.size));
  const raw = packedBytes(path, member);
  const bytes = member.method === 0 ? raw : await unpack(raw, member.size);
  if (bytes.length !== member.size) throw new Error("shorter than the archive says");
  if (crc32(bytes) !== member.crc) throw new Error("damaged: its checksum is another");
  return bytes;
}

/** As it is unpacked; ends with an error where it is not what the directory says. */
async function* memberPieces(path: string, member: Member): AsyncGenerator<Uint8Array> {
  const { method, packed, size, crc } = member;
  const start = withFile(path, (file, length) => startOf(file, member, length));
  if (size === 0) return;
  const raw = createReadStream(path, { start, end: start + packed - 1 });
  const stream = method === 0 ? raw : pipeline(raw, createInflateRaw(), () => {});
  let [done, sum] = [0, 0];
  try {
    for await (const piece of stream as AsyncIterable<Uint8Array>) {
      done += piece.length;
      if (done > size) throw new Error("larger than the archive says");
      sum = crc32(piece, sum);
      yield piece;
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw code ? new Error("damaged: cannot be unpacked", { cause: error }) : new Error(message);
  } finally {
    raw.destroy();
  }
  if (done < size) throw new Error("shorter than the archive says");
  if (sum !== crc) throw new Error("damaged: its checksum is another");
}

const packedBytes = (path: string, member: Member): Uint8Array =>
  withFile(path, (file, length) =>
    readAt(file, startOf(file, member, length), member.packed, length),
  );

function withFile<R>(path: string, work: (file: number, length: number) => R): R {
  const file = openSync(path, "r");
  try {
    return work(file, fstatSync(file).size);
  } finally {
    closeSync(file);
  }
}

/** Behind the local header, which repeats the name and has an extra field of its own. */
function startOf(file: number, { offset, packed }: Member, length: number): number {
  const header = readAt(file, offset, 30, length);
  if (header.length < 30 || header.readUInt32LE(0) !== 0x04034b50) {
    throw new Error("not where the archive says");
  }
  const start = offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  if (start + packed > length) throw new Error("cut off by the end of the archive");
  return start;
}

async function unpack(bytes: Uint8Array, size: number): Promise<Uint8Array> {
  try {
    // zlib takes no limit of 0.
    return await inflate(bytes, { maxOutputLength: Math.max(1, size) });
  } catch (error) {
    const larger = (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    throw new Error(larger ? "larger than the archive says" : "damaged: cannot be unpacked", {
      cause: error,
    });
  }
}

/** Up to `size` bytes from `start` on, fewer at the end of the file. */
function readAt(file: number, start: number, size: number, length: number): Buffer {
  const wanted = Math.max(0, Math.min(size, length - start));
  if (!Number.isSafeInteger(start) || start < 0 || wanted === 0) return Buffer.alloc(0);
  const bytes = Buffer.allocUnsafe(wanted);
  let done = 0;
  while (done < wanted) {
    const got = readSync(file, bytes, done, wanted - done, start + done);
    if (got === 0) break;
    done += got;
  }
  return bytes.subarray(0, done);
}

const zipError = (where: string, expected: string, got: string) =>
  new GanymedeError("DATA_FORMAT", { where, expected, got, fix: "make the archive again" });

const truncated = (where: string) =>
  new GanymedeError("DATA_TRUNCATED", {
    where,
    expected: "a whole zip file",
    got: "a directory that is cut or damaged",
    fix: "get the file again",
  });
