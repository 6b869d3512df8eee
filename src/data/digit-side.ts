import type { Column } from "./finite.ts";

/** Sides that MNIST and its kin come in. */
export type DigitSide = 16 | 28 | 32;

/**
 * 28: as they are. 32: two pixels of 0 on each side. 16: the means of 2x2 pixels of that, rounded
 * half up.
 */
export function toSide(image: Column, side: DigitSide): Column {
  if (side === 28) {
    return image;
  }
  const count = image.data.length / 28 ** 2;
  const data = new Uint8Array(count * side ** 2);
  const write = side === 32 ? padTo32 : poolTo16;
  for (let i = 0; i < count; i++) {
    const original = image.data.subarray(i * 28 ** 2, (i + 1) * 28 ** 2) as Uint8Array;
    write(original, data.subarray(i * side ** 2, (i + 1) * side ** 2));
  }
  return { field: { ...image.field, shape: [1, side, side] }, data };
}

function padTo32(from: Uint8Array, to: Uint8Array): void {
  for (let y = 0; y < 28; y++) {
    to.set(from.subarray(28 * y, 28 * (y + 1)), 32 * (y + 2) + 2);
  }
}

/** The two pixels of padding are one cell of the result, so only its inner 14x14 hold anything. */
function poolTo16(from: Uint8Array, to: Uint8Array): void {
  for (let y = 0; y < 14; y++) {
    for (let x = 0; x < 14; x++) {
      const at = 56 * y + 2 * x;
      const sum = from[at]! + from[at + 1]! + from[at + 28]! + from[at + 29]!;
      to[16 * (y + 1) + x + 1] = (sum + 2) >> 2;
    }
  }
}
