/**
 * The safetensors format: 8-byte little-endian header length, JSON header, raw little-endian values.
 * Source: huggingface/safetensors README. The typed arrays are written as they lie in memory, so the
 * host must be little-endian, as every host of ONNX Runtime is.
 */
import { GanymedeError } from "./errors.ts";

/** A named array of a file. BOOL holds 0 or 1 a byte. `data` has as many values as `shape` says. */
export type StoredTensor =
  | { readonly dtype: "F64"; readonly shape: readonly number[]; readonly data: Float64Array }
  | { readonly dtype: "F32"; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: "I32"; readonly shape: readonly number[]; readonly data: Int32Array }
  | { readonly dtype: "U8" | "BOOL"; readonly shape: readonly number[]; readonly data: Uint8Array };

export interface DecodedFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

const itemBytes: Readonly<Record<string, number>> = { F64: 8, F32: 4, I32: 4, U8: 1, BOOL: 1 };
const METADATA = "__metadata__";
/** The limit of the reference implementation, against absurd lengths in damaged files. */
const MAX_HEADER_BYTES = 100_000_000;

/**
 * The file as chunks to be written one after another; the data are not copied. Wide types come
 * first, then names in order, so that every array starts at a multiple of its item size and equal
 * tensors give equal bytes.
 *
 * @throws GanymedeError SHAPE when `data` and `shape` disagree, NAME for the reserved name
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array[] {
  const ordered = [...tensors].sort(
    ([a, { dtype: x }], [b, { dtype: y }]) => itemBytes[y]! - itemBytes[x]! || (a < b ? -1 : 1),
  );
  // Joined by hand: an object would lose a tensor called "__proto__".
  const entries = Object.keys(metadata).length > 0 ? [member(METADATA, metadata)] : [];
  const chunks: Uint8Array[] = [];
  let offset = 0;
  for (const [name, tensor] of ordered) {
    requireEncodable(name, tensor);
    const { dtype, shape, data } = tensor;
    entries.push(member(name, { dtype, shape, data_offsets: [offset, offset + data.byteLength] }));
    chunks.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    offset += data.byteLength;
  }
  return [...headerChunks(`{${entries.join(",")}}`), ...chunks];
}

const member = (name: string, value: unknown) => `${JSON.stringify(name)}:${JSON.stringify(value)}`;

/** Length and header, padded with spaces so that the data start at a multiple of 8. */
function headerChunks(json: string): Uint8Array[] {
  const text = new TextEncoder().encode(json);
  const header = new Uint8Array(Math.ceil(text.length / 8) * 8).fill(0x20);
  header.set(text);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(header.length), true);
  return [length, header];
}

function requireEncodable(name: string, { shape, data }: StoredTensor): void {
  if (name === METADATA) {
    throw new GanymedeError("NAME", {
      where: "safetensors",
      expected: "a tensor name",
      got: `the reserved name ${METADATA}`,
      fix: "rename the tensor",
    });
  }
  if (elements(shape) !== data.length) {
    throw new GanymedeError("SHAPE", {
      where: `safetensors ${name}`,
      expected: `${elements(shape)} values for shape [${shape}]`,
      got: String(data.length),
      fix: "pass the shape that the data have",
    });
  }
}

const elements = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

/**
 * Reads a whole file. Each tensor gets memory of its own, so `bytes` may be dropped or reused.
 *
 * @param where the file's name, for errors
 * @throws GanymedeError CHECKPOINT_CORRUPT unless the header is sound and its tensors cover the data
 *   exactly: no gap, no overlap, no byte left over
 */
export function decodeSafetensors(bytes: Uint8Array, where: string): DecodedFile {
  const { header, data } = split(bytes, where);
  const entries = Object.entries(header).filter(([name]) => name !== METADATA);
  const infos = entries.map(([name, raw]) => tensorInfo(name, raw, where));
  requireExactCover(infos, data.length, where);
  const tensors = new Map(infos.map((info) => [info.name, materialise(info, data, where)]));
  return { tensors, metadata: metadataOf(header, where) };
}

function split(bytes: Uint8Array, where: string) {
  if (bytes.length < 8) {
    throw corrupt(where, "at least 8 bytes", `${bytes.length}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES || 8 + length > bytes.length) {
    throw corrupt(where, `a header within the ${bytes.length} bytes`, `header length ${length}`);
  }
  const header = parseHeader(bytes.subarray(8, 8 + length), where);
  return { header, data: bytes.subarray(8 + length) };
}

function parseHeader(bytes: Uint8Array, where: string): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw corrupt(where, "a JSON header", (error as Error).message);
  }
  if (!isRecord(header)) {
    throw corrupt(where, "a JSON object as header", JSON.stringify(header).slice(0, 40));
  }
  return header;
}

interface TensorInfo {
  readonly name: string;
  readonly dtype: StoredTensor["dtype"];
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function tensorInfo(name: string, raw: unknown, where: string): TensorInfo {
  const { dtype, shape, data_offsets: offsets } = isRecord(raw) ? raw : {};
  if (typeof dtype !== "string" || !Object.hasOwn(itemBytes, dtype)) {
    throw corrupt(where, `${name} as ${Object.keys(itemBytes).join(", ")}`, `dtype ${dtype}`);
  }
  if (!isSizes(shape)) {
    throw corrupt(where, `a shape of whole numbers for ${name}`, JSON.stringify(shape) ?? "none");
  }
  if (!isSizes(offsets) || offsets.length !== 2) {
    throw corrupt(where, `two offsets for ${name}`, JSON.stringify(offsets) ?? "none");
  }
  const [begin, end] = offsets as [number, number];
  const expected = elements(shape) * itemBytes[dtype]!;
  if (end - begin !== expected) {
    throw corrupt(where, `${expected} bytes for ${name} [${shape}]`, `${end - begin}`);
  }
  return { name, dtype: dtype as StoredTensor["dtype"], shape, begin, end };
}

function requireExactCover(infos: readonly TensorInfo[], dataBytes: number, where: string): void {
  let covered = 0;
  for (const { name, begin, end } of infos.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== covered) {
      throw corrupt(where, `${name} to begin at byte ${covered}`, `${begin}`);
    }
    covered = end;
  }
  if (covered !== dataBytes) {
    throw corrupt(where, `${covered} bytes of data`, `${dataBytes}`);
  }
}

function materialise(info: TensorInfo, data: Uint8Array, where: string): StoredTensor {
  const { name, dtype, shape, begin, end } = info;
  // A new buffer from byte 0, so that it is aligned wherever the file's bytes lie.
  const own = new Uint8Array(data.subarray(begin, end));
  switch (dtype) {
    case "F64":
      return { dtype, shape, data: new Float64Array(own.buffer) };
    case "F32":
      return { dtype, shape, data: new Float32Array(own.buffer) };
    case "I32":
      return { dtype, shape, data: new Int32Array(own.buffer) };
    case "BOOL":
      if (own.some((value) => value > 1)) {
        throw corrupt(where, `0 or 1 in ${name}`, "another value");
      }
      return { dtype, shape, data: own };
    case "U8":
      return { dtype, shape, data: own };
  }
}

function metadataOf(header: Record<string, unknown>, where: string): Record<string, string> {
  const metadata = header[METADATA] ?? {};
  if (!isRecord(metadata) || Object.values(metadata).some((value) => typeof value !== "string")) {
    throw corrupt(where, "metadata of strings", JSON.stringify(metadata).slice(0, 80));
  }
  return metadata as Record<string, string>;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);

function corrupt(where: string, expected: string, got: string): GanymedeError {
  return new GanymedeError("CHECKPOINT_CORRUPT", {
    where,
    expected,
    got,
    fix: "the file is damaged or of another kind: restore it from a copy or use an earlier one",
  });
}
