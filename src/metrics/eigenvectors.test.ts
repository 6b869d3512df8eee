import { expect, test } from "vitest";
import { RandomStream } from "../core/random.ts";
import { symmetricEigen } from "./eigenvectors.ts";
import { symmetricEigenvalues } from "./symmetric.ts";

test("of [[2, 1], [1, 2]]: 3 along the diagonal and 1 across it", () => {
  const { values, vectors } = symmetricEigen(Float64Array.of(2, 1, 1, 2), 2);
  expect([...values]).toEqual([expect.closeTo(3, 12), expect.closeTo(1, 12)]);
  const half = Math.SQRT1_2;
  expect([...vectors].map(Math.abs)).toEqual(new Array(4).fill(expect.closeTo(half, 12)));
  expect(vectors[0]! * vectors[1]!).toBeGreaterThan(0);
});

test("vectors are orthonormal, give the matrix again, and values are the other method's", () => {
  const n = 17;
  const b = new RandomStream(1, "b").normal(new Float64Array(n * n));
  const at = (i: number, j: number) => {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += b[i * n + k]! * b[j * n + k]!;
    return sum;
  };
  const m = Float64Array.from({ length: n * n }, (_, i) => at(Math.floor(i / n), i % n));
  const { values, vectors } = symmetricEigen(m, n);
  const others = [...symmetricEigenvalues(m.slice(), n)].sort((x, y) => y - x);
  for (const [i, value] of values.entries()) expect(value).toBeCloseTo(others[i]!, 9);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let again = 0;
      let dot = 0;
      for (let k = 0; k < n; k++) {
        again += values[k]! * vectors[k * n + i]! * vectors[k * n + j]!;
        dot += vectors[i * n + k]! * vectors[j * n + k]!;
      }
      expect(again).toBeCloseTo(m[i * n + j]!, 9);
      expect(dot).toBeCloseTo(i === j ? 1 : 0, 10);
    }
  }
});
