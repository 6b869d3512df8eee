import { GanymedeError } from "../../core/errors.ts";

/** A node of a model that was read. */
export interface ReadNode {
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, number | string | readonly number[] | ReadTensor>>;
}

/** Literal values; whole numbers are exact up to 2^53. */
export interface ReadTensor {
  readonly dims: readonly number[];
  readonly isFloat: boolean;
  readonly data: Float32Array | Float64Array;
}

/** What of a model matters to those who run or trace it. */
export interface ReadModel {
  readonly nodes: readonly ReadNode[];
  readonly initializers: ReadonlyMap<string, ReadTensor>;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

type Field = readonly [number: number, value: number | Uint8Array];

/**
 * Reads an ONNX file: the part of its protobuf schema that describes a graph without sub-graphs. Field
 * numbers: onnx.proto3 of ONNX 1.16.
 *
 * @param where named in errors
 * @throws GanymedeError ONNX_FORMAT for what is no ONNX model, or holds values outside the file
 */
export function readModel(where: string, bytes: Uint8Array): ReadModel {
  try {
    const graph = message(bytesOf(message(bytes), 7)[0]!);
    const initializers = bytesOf(graph, 5).map((b) => tensorOf(message(b)));
    const names = (field: number) => bytesOf(graph, field).map((b) => textOf(message(b), 1));
    const known = new Map(initializers);
    return {
      nodes: bytesOf(graph, 1).map((b) => nodeOf(message(b))),
      initializers: known,
      // Older files list initializers among the inputs.
      inputs: names(11).filter((name) => !known.has(name)),
      outputs: names(12),
    };
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : String(cause);
    const fix = "check that the file is whole and holds its own weights";
    const fault = { where, expected: "an ONNX model", got, fix };
    throw new GanymedeError("ONNX_FORMAT", fault, { cause });
  }
}

/** The fields of a protobuf message, in order. */
function message(bytes: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): number => {
    const from = at;
    while (bytes[at]! >= 128) at++;
    const [value] = varints(bytes.subarray(from, ++at));
    if (value === undefined || at - from > 10) throw new RangeError("it ends within a number");
    return value;
  };
  const take = (length: number): Uint8Array => {
    if (!(length >= 0 && at + length <= bytes.length)) {
      throw new RangeError("it ends within a field");
    }
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = varint();
    const wire = tag % 8;
    const number = Math.floor(tag / 8);
    if (wire === 0) fields.push([number, varint()]);
    else if (wire === 2) fields.push([number, take(varint())]);
    else if (wire === 5 || wire === 1) fields.push([number, take(wire === 5 ? 4 : 8)]);
    else throw new RangeError(`wire type ${wire}`);
  }
  return fields;
}

const bytesOf = (fields: readonly Field[], number: number): Uint8Array[] =>
  fields.flatMap(([n, v]) => (n === number && v instanceof Uint8Array ? [v] : []));

const textOf = (fields: readonly Field[], number: number): string =>
  new TextDecoder().decode(bytesOf(fields, number)[0] ?? new Uint8Array());

/** Varints side by side, as int64. */
function varints(bytes: Uint8Array): number[] {
  const numbers: number[] = [];
  let [value, bits] = [0n, 0n];
  for (const byte of bytes) {
    value |= BigInt(byte & 127) << bits;
    bits += 7n;
    if (byte >= 128) continue;
    numbers.push(Number(BigInt.asIntN(64, value)));
    [value, bits] = [0n, 0n];
  }
  return numbers;
}

/** A repeated number, packed or not. */
function numbersOf(fields: readonly Field[], number: number): number[] {
  return fields.flatMap(([n, v]) => {
    if (n !== number) return [];
    return typeof v === "number" ? [v] : varints(v);
  });
}

const view = (b: Uint8Array) => new DataView(b.buffer, b.byteOffset, b.byteLength);

function floatsOf(fields: readonly Field[], number: number): number[] {
  return bytesOf(fields, number).flatMap((b) =>
    Array.from({ length: b.length / 4 }, (_, i) => view(b).getFloat32(4 * i, true)),
  );
}

function nodeOf(fields: readonly Field[]): ReadNode {
  const names = (number: number) => bytesOf(fields, number).map((b) => new TextDecoder().decode(b));
  const attributes = bytesOf(fields, 5).map((b) => attributeOf(message(b)));
  return {
    opType: textOf(fields, 4),
    inputs: names(1),
    outputs: names(2),
    attributes: Object.fromEntries(attributes),
  };
}

/** AttributeProto.AttributeType: 1 float, 2 int, 3 string, 4 tensor, 6 floats, 7 ints. */
function attributeOf(fields: readonly Field[]): [string, ReadNode["attributes"][string]] {
  const name = textOf(fields, 1);
  const type = numbersOf(fields, 20)[0];
  if (type === 1) return [name, floatsOf(fields, 2)[0] ?? 0];
  if (type === 2) return [name, numbersOf(fields, 3)[0] ?? 0];
  if (type === 3) return [name, textOf(fields, 4)];
  if (type === 4) return [name, tensorOf(message(bytesOf(fields, 5)[0]!))[1]];
  if (type === 6) return [name, floatsOf(fields, 7)];
  if (type === 7) return [name, numbersOf(fields, 8)];
  throw new RangeError(`attribute ${name} of type ${type}`);
}

/** TensorProto: elements as bytes or as a list, of float 1, int32 6 or int64 7. */
function tensorOf(fields: readonly Field[]): [name: string, tensor: ReadTensor] {
  const name = textOf(fields, 8);
  const dims = numbersOf(fields, 1);
  const type = numbersOf(fields, 2)[0];
  const size = dims.reduce((n, d) => n * d, 1);
  const raw = bytesOf(fields, 9)[0];
  const data = type === 1 ? floats(fields, raw) : whole(name, fields, raw, type);
  if (data.length !== size) throw new RangeError(`${data.length} of ${size} values of ${name}`);
  return [name, { dims, isFloat: type === 1, data }];
}

function floats(fields: readonly Field[], raw: Uint8Array | undefined): Float32Array {
  if (!raw) return Float32Array.from(floatsOf(fields, 4));
  // A copy, since elements must lie at a multiple of their size.
  return new Float32Array(new Uint8Array(raw.subarray(0, raw.length - (raw.length % 4))).buffer);
}

function whole(
  name: string,
  fields: readonly Field[],
  raw: Uint8Array | undefined,
  type: number | undefined,
): Float64Array {
  if (type !== 6 && type !== 7) throw new RangeError(`${name} of element type ${type}`);
  if (!raw) return Float64Array.from(numbersOf(fields, type === 6 ? 5 : 7));
  const width = type === 6 ? 4 : 8;
  return Float64Array.from({ length: Math.floor(raw.length / width) }, (_, i) =>
    type === 6 ? view(raw).getInt32(4 * i, true) : Number(view(raw).getBigInt64(8 * i, true)),
  );
}
