import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { finiteSource } from "./finite.ts";
import type { Field } from "./source.ts";

const about = { title: "t", credit: "c", licence: "l" };
const plain = { scale: 1, offset: 0 } as const;
const pair: Field = { shape: [2], dtype: "f32", ...plain };
const label: Field = { shape: [], dtype: "i32", ...plain };

/** Item i is [i, -i] with label i. */
function numbered(size: number) {
  const points = Float32Array.from({ length: 2 * size }, (_, i) => (i % 2 ? -1 : 1) * (i >> 1));
  const labels = Int32Array.from({ length: size }, (_, i) => i);
  const columns = { point: { field: pair, data: points }, label: { field: label, data: labels } };
  return finiteSource({ id: "numbered", about }, columns);
}

const labelsOf = (source: ReturnType<typeof numbered>, start: number, count: number, seed = 1) => [
  ...source.batch(start, count, seed).label!,
];

describe("the stream", () => {
  test("every epoch holds every item once, in another order", () => {
    const source = numbered(50);
    const epochs = [0, 1, 2].map((epoch) => labelsOf(source, 50 * epoch, 50));
    for (const epoch of epochs) {
      expect(epoch.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    }
    expect(new Set(epochs.map(String)).size).toBe(3);
    expect(labelsOf(source, 0, 50, 2)).not.toEqual(epochs[0]);
  });

  test("is a pure function of (seed, start, count): any cut gives the same items", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.nat(200),
        fc.array(fc.nat(30), { maxLength: 6 }),
        fc.nat(3),
        (size, start, counts, seed) => {
          const source = numbered(size);
          const total = counts.reduce((a, b) => a + b, 0);
          let at = start;
          const pieces = counts.flatMap((count) => {
            const piece = labelsOf(source, at, count, seed);
            at += count;
            return piece;
          });
          expect(pieces).toEqual(labelsOf(numbered(size), start, total, seed));
        },
      ),
    );
  });

  test("orders that left the cache come back the same", () => {
    const source = numbered(10);
    const first = labelsOf(source, 0, 10);
    labelsOf(source, 10, 200);
    expect(labelsOf(source, 0, 10)).toEqual(first);
  });

  test("positions far ahead are reached at once", () => {
    expect(labelsOf(numbered(10), 10 * 2 ** 40 + 3, 4)).toHaveLength(4);
  });

  test("the columns of an item stay together", () => {
    const { point, label: labels } = numbered(30).batch(25, 40, 3);
    for (let i = 0; i < 40; i++) {
      expect([point![2 * i], point![2 * i + 1]]).toEqual([labels![i], -labels![i]!]);
    }
  });

  test("a batch is the caller's own", () => {
    const source = numbered(10);
    source.batch(0, 10, 1).label!.fill(99);
    expect(labelsOf(source, 0, 10)).not.toContain(99);
  });
});

test("size and fields come from the columns", () => {
  const source = numbered(12);
  expect(source.size).toBe(12);
  expect(source.fields).toEqual({ point: pair, label });
});

test.each([
  ["no items", { a: { field: pair, data: new Float32Array(0) } }, /0 of a/],
  ["no columns", {}, /at least one/],
  ["a broken item", { a: { field: pair, data: new Float32Array(5) } }, /2.5 of a/],
  ["another type", { a: { field: pair, data: new Uint8Array(4) } }, /f32 values, got Uint8Array/],
  [
    "unequal columns",
    { a: { field: pair, data: new Float32Array(4) }, b: { field: label, data: new Int32Array(3) } },
    /2 of a, 3 of b/,
  ],
])("%s are refused", (_, columns, message) => {
  expect(() => finiteSource({ id: "bad", about }, columns)).toThrow(/bad.*DATA_FORMAT/);
  expect(() => finiteSource({ id: "bad", about }, columns)).toThrow(message);
});
