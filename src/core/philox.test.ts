import { expect, test } from "vitest";
import { philox4x32, philoxBlocks } from "./philox.ts";

/** The three `philox4x32 10` rows of Random123's tests/kat_vectors: counter, key, expected. */
const knownAnswers = [
  "00000000 00000000 00000000 00000000 00000000 00000000 6627e8d5 e169c58d bc57ac4c 9b00dbd8",
  "ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff 408f276d 41c83b0e a20bc7c6 6d5451fd",
  "243f6a88 85a308d3 13198a2e 03707344 a4093822 299f31d0 d16cfe09 94fdcceb 5001e420 24126ea1",
];

test.each(knownAnswers)("Random123 known answer %s", (row) => {
  const words = row.split(" ").map((word) => Number.parseInt(word, 16));
  const out = new Uint32Array(6).fill(7);
  philox4x32(words.slice(0, 4), words.slice(4, 6), out, 1);
  expect([...out]).toEqual([7, ...words.slice(6), 7]);
});

/** The definition in 64-bit integers, obvious and slow. */
function reference(counter: number[], key: number[]): number[] {
  const low = (x: bigint) => x & 0xffffffffn;
  let [x0, x1, x2, x3] = counter.map(BigInt) as [bigint, bigint, bigint, bigint];
  let [k0, k1] = key.map(BigInt) as [bigint, bigint];
  for (let round = 0; round < 10; round++) {
    const p0 = 0xd2511f53n * x0;
    const p1 = 0xcd9e8d57n * x2;
    [x0, x1, x2, x3] = [(p1 >> 32n) ^ x1 ^ k0, low(p1), (p0 >> 32n) ^ x3 ^ k1, low(p0)];
    k0 = low(k0 + 0x9e3779b9n);
    k1 = low(k1 + 0xbb67ae85n);
  }
  return [x0, x1, x2, x3].map(Number);
}

test("a run of blocks is the function at successive counters, across the 2^32 wrap", () => {
  const address = {
    counter1: 0xfffe0001,
    counter2: 3,
    counter3: 0x80000000,
    key0: 5,
    key1: 2 ** 31,
  };
  const out = new Uint32Array(4 * 300);
  philoxBlocks(address, 0xffffff80, 300, out);
  for (let block = 0; block < 300; block++) {
    const counter = [(0xffffff80 + block) % 2 ** 32, 0xfffe0001, 3, 0x80000000];
    expect([...out.subarray(4 * block, 4 * block + 4)]).toEqual(reference(counter, [5, 2 ** 31]));
  }
});
