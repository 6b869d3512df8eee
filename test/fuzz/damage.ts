/** Ways in which a file can be wrong. */
import type { RandomStream } from "../../src/core/random.ts";

type Damage = (bytes: Uint8Array, pick: (below: number) => number) => Uint8Array;

const edited = (bytes: Uint8Array, edit: (copy: Uint8Array) => void): Uint8Array => {
  const copy = Uint8Array.from(bytes);
  edit(copy);
  return copy;
};

const joined = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));

/** Numbers that lengths and counts go wrong at. */
const extremes = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

/** Bytes that mean something to a parser of text. */
const tokens = ['"', "{", "[", ",", "\n", ":", "\0", "&a *a", "../", "1e999", "-", "\\u0000", "'"];

const damages: readonly Damage[] = [
  // Cut off anywhere.
  (bytes, pick) => bytes.slice(0, pick(bytes.length)),
  // Cut off near the end.
  (bytes, pick) => bytes.slice(0, bytes.length - pick(Math.min(64, bytes.length))),
  // A few bits turned over.
  (bytes, pick) =>
    edited(bytes, (copy) => {
      for (let n = 1 + pick(8); n > 0; n--) copy[pick(copy.length)]! ^= 1 << pick(8);
    }),
  // The same in the header, where it hurts most.
  (bytes, pick) =>
    edited(bytes, (copy) => {
      for (let n = 1 + pick(4); n > 0; n--) copy[pick(Math.min(64, copy.length))] = pick(256);
    }),
  // A length that lies, in either byte order.
  (bytes, pick) =>
    edited(bytes, (copy) => {
      if (copy.length < 4) return;
      const view = new DataView(copy.buffer);
      const at = pick(Math.min(256, copy.length - 3));
      view.setUint32(at, extremes[pick(extremes.length)]!, pick(2) === 0);
    }),
  // A stretch of nothing.
  (bytes, pick) => edited(bytes, (copy) => void copy.fill(0, pick(copy.length), pick(copy.length))),
  // A stretch written twice, or left out.
  (bytes, pick) => {
    const [a, b] = [pick(bytes.length), pick(bytes.length)].sort((x, y) => x - y) as [
      number,
      number,
    ];
    return pick(2) === 0
      ? joined(bytes.slice(0, b), bytes.slice(a))
      : joined(bytes.slice(0, a), bytes.slice(b));
  },
  // A token where none belongs.
  (bytes, pick) => {
    const at = pick(bytes.length);
    const token = Buffer.from(tokens[pick(tokens.length)]!);
    return joined(bytes.slice(0, at), token, bytes.slice(at));
  },
];

/** A damaged copy; one in fifty is whole. */
export function damaged(bytes: Uint8Array, random: RandomStream): Uint8Array {
  const pick = (below: number) => (below < 1 ? 0 : random.integers(1, below)[0]!);
  if (pick(50) === 0) return bytes;
  let result = bytes;
  for (let times = 1 + pick(2); times > 0 && result.length > 0; times--) {
    result = damages[pick(damages.length)]!(result, pick);
  }
  return result;
}
