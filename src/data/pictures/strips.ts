/** Unpacks the strips of a TIFF into no more bytes than the picture has. TIFF 6.0, sections 9 and 13. */
import { inflateSync } from "node:zlib";

type Unpack = (packed: Uint8Array, out: Uint8Array) => void;

/** By the number that the tag Compression has. */
export const unpackers: Readonly<Record<number, Unpack>> = {
  1: (packed, out) => out.set(packed.subarray(0, out.length)),
  5: lzw,
  8: deflate,
  32773: packBits,
  32946: deflate,
};

function deflate(packed: Uint8Array, out: Uint8Array): void {
  const bytes = inflateSync(packed, { maxOutputLength: Math.max(1, out.length) });
  out.set(bytes);
}

/** A count, then as many bytes; or a negative count, then one to be repeated. */
function packBits(packed: Uint8Array, out: Uint8Array): void {
  let to = 0;
  for (let at = 0; at < packed.length && to < out.length; ) {
    const count = packed[at++]!;
    if (count < 128) {
      out.set(packed.subarray(at, Math.min(at + count + 1, at + out.length - to)), to);
      at += count + 1;
      to += count + 1;
    } else if (count > 128) {
      out.fill(packed[at++] ?? 0, to, to + 257 - count);
      to += 257 - count;
    }
  }
}

const [clear, end] = [256, 257];

/**
 * Codes of 9 to 12 bits from the highest bit on; a code stands for an earlier one and a byte. Widths
 * grow one code early, as TIFF has it.
 */
function lzw(packed: Uint8Array, out: Uint8Array): void {
  const prefix = new Uint16Array(4096);
  const last = Uint8Array.from({ length: 4096 }, (_, i) => i);
  const length = new Uint16Array(4096).fill(1);
  let [next, width, bit, to, previous] = [258, 9, 0, 0, -1];
  while (bit + width <= 8 * packed.length && to < out.length) {
    const at = bit >> 3;
    const three = (packed[at]! << 16) | ((packed[at + 1] ?? 0) << 8) | (packed[at + 2] ?? 0);
    const code = (three >> (24 - (bit & 7) - width)) & ((1 << width) - 1);
    bit += width;
    if (code === end) return;
    if (code === clear) {
      [next, width, previous] = [258, 9, -1];
      continue;
    }
    if (code > next || (code === next && previous < 0)) throw new Error("damaged: an unknown code");
    if (previous >= 0 && next < 4096) {
      prefix[next] = previous;
      length[next] = length[previous]! + 1;
      last[next] = firstOf(code === next ? previous : code, prefix);
      next += 1;
    }
    // From the back: each earlier code is a smaller number, so this ends.
    let from = code;
    for (let k = to + length[code]! - 1; k >= to; k--, from = prefix[from]!) out[k] = last[from]!;
    to += length[code]!;
    previous = code;
    if (next + 1 >= 1 << width && width < 12) width += 1;
  }
}

function firstOf(code: number, prefix: Uint16Array): number {
  let first = code;
  while (first >= 258) first = prefix[first]!;
  return first;
}
