import { expect, test } from "vitest";
import { stream } from "../core/random.ts";
import { addProduct, type Operand } from "./_product.ts";

const normals = (n: number, name: string) => stream(1, name).normal(new Float64Array(n));

/** Columns of row-major rows [depth, width]. */
const columns = (data: Float64Array, depth: number): Operand => {
  const width = data.length / depth;
  return { data, depth, count: width, depthStride: width, itemStride: 1 };
};

function naive(a: Operand, b: Operand): number[][] {
  const at = ({ data, depthStride, itemStride, offset = 0 }: Operand, k: number, i: number) =>
    data[offset + k * depthStride + i * itemStride]!;
  return Array.from({ length: a.count }, (_, i) =>
    Array.from({ length: b.count }, (_, j) => {
      let sum = 0;
      for (let k = 0; k < a.depth; k++) sum += at(a, k, i) * at(b, k, j);
      return sum;
    }),
  );
}

test("sizes that are no multiples of a tile or block", () => {
  const a = columns(normals(300 * 7, "a"), 300);
  const b = columns(normals(300 * 1030, "b"), 300);
  const c = new Float64Array(7 * 1030).fill(1);
  addProduct(c, a, b);
  naive(a, b).forEach((row, i) => {
    row.forEach((want, j) => {
      expect(Math.abs(c[i * 1030 + j]! - want - 1)).toBeLessThan(1e-11);
    });
  });
});

test("rows as items, an offset and wider rows of the result", () => {
  const data = normals(6 * 5, "rows");
  const a: Operand = { data, depth: 4, count: 6, depthStride: 1, itemStride: 5, offset: 1 };
  const c = new Float64Array(6 * 9);
  addProduct(c, a, a, { stride: 9 });
  naive(a, a).forEach((row, i) => {
    row.forEach((want, j) => {
      expect(c[i * 9 + j]).toBeCloseTo(want, 12);
    });
    expect([...c.subarray(i * 9 + 6, i * 9 + 9)]).toEqual([0, 0, 0]);
  });
});

test("the upper triangle alone is the same numbers", () => {
  const x = columns(normals(10 * 1027, "x"), 10);
  const [full, half] = [new Float64Array(1027 ** 2), new Float64Array(1027 ** 2)];
  addProduct(full, x, x);
  addProduct(half, x, x, { upper: true });
  for (let i = 0; i < 1027; i++) {
    for (let j = i; j < 1027; j++) {
      if (half[i * 1027 + j] !== full[i * 1027 + j]) throw new Error(`differs at ${i}, ${j}`);
    }
  }
  expect(half[1000 * 1027]).toBe(0);
});
