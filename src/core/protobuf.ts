/**
 * Protobuf's wire format, as functions from plain values to bytes.
 * https://protobuf.dev/programming-guides/encoding
 */

/** Wire bytes in pieces, so that large weights are never copied while messages nest. */
export interface Message {
  readonly chunks: readonly Uint8Array[];
  readonly length: number;
}

const utf8 = new TextEncoder();

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  // Negative int64 is ten bytes of two's complement.
  let rest = value < 0 ? BigInt.asUintN(64, BigInt(value)) : BigInt(value);
  do {
    const low = Number(rest & 127n);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 128 : low);
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}

export const join = (parts: readonly Message[]): Message => ({
  chunks: parts.flatMap((p) => p.chunks),
  length: parts.reduce((n, p) => n + p.length, 0),
});

const raw = (bytes: Uint8Array): Message => ({ chunks: [bytes], length: bytes.length });
const tag = (field: number, wire: number): Message => raw(varint((field << 3) | wire));
export const int = (field: number, value: number): Message =>
  join([tag(field, 0), raw(varint(value))]);
export const bytes = (field: number, value: Uint8Array): Message =>
  join([tag(field, 2), raw(varint(value.length)), raw(value)]);
export const text = (field: number, value: string): Message => bytes(field, utf8.encode(value));
export const sub = (field: number, message: Message): Message =>
  join([tag(field, 2), raw(varint(message.length)), message]);
export const float = (field: number, value: number): Message =>
  join([tag(field, 5), raw(new Uint8Array(Float32Array.of(value).buffer))]);
export const double = (field: number, value: number): Message =>
  join([tag(field, 1), raw(new Uint8Array(Float64Array.of(value).buffer))]);
export const each = <T>(values: readonly T[], f: (v: T) => Message): Message => join(values.map(f));

/** One array of a message's pieces. Cost: one copy. */
export function toBytes({ chunks, length }: Message): Uint8Array {
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}
