import { describe, expect, test } from "vitest";
import { stream } from "../core/random.ts";
import { pivotedCholesky, symmetricEigenvalues } from "./symmetric.ts";

/** XᵀX for normals X [rank, n]. */
function gram(n: number, rank: number): Float64Array {
  const x = stream(2, "gram").normal(new Float64Array(rank * n));
  return Float64Array.from({ length: n * n }, (_, at) => {
    let sum = 0;
    for (let k = 0; k < rank; k++) sum += x[k * n + Math.floor(at / n)]! * x[k * n + (at % n)]!;
    return sum;
  });
}

describe("eigenvalues", () => {
  test.each([1, 2, 3, 20, 57])("of the second difference, %i: 2 − 2cos(kπ/(n + 1))", (n) => {
    const matrix = Float64Array.from({ length: n * n }, (_, at) => {
      const gap = Math.abs(Math.floor(at / n) - (at % n));
      return gap === 0 ? 2 : gap === 1 ? -1 : 0;
    });
    symmetricEigenvalues(matrix, n).forEach((value, k) => {
      expect(value).toBeCloseTo(2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)), 13);
    });
  });

  test.each([8, 9])("of a full matrix, %i: HDH for a reflection H has those of D", (n) => {
    const u = Array.from({ length: n }, (_, i) => i + 1);
    const square = u.reduce((s, v) => s + v * v, 0);
    const h = (i: number, j: number) => Number(i === j) - (2 * u[i]! * u[j]!) / square;
    const d = u.map((v) => (v % 3) * 10 - 7);
    const matrix = Float64Array.from({ length: n * n }, (_, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      return d.reduce((sum, value, k) => sum + h(i, k) * value * h(k, j), 0);
    });
    const sorted = [...d].sort((a, b) => a - b);
    symmetricEigenvalues(matrix, n).forEach((value, k) => {
      expect(value).toBeCloseTo(sorted[k]!, 12);
    });
  });

  test("scale with the matrix, however small or large", () => {
    for (const scale of [1e-200, 1e200]) {
      const [low, high] = symmetricEigenvalues(
        Float64Array.of(2, 1, 1, 2).map((v) => v * scale),
        2,
      );
      expect(low! / scale).toBeCloseTo(1, 13);
      expect(high! / scale).toBeCloseTo(3, 13);
    }
  });

  test("zero, and only the lower triangle is read; the matrix stays as it was", () => {
    expect([...symmetricEigenvalues(new Float64Array(9), 3)]).toEqual([0, 0, 0]);
    const matrix = Float64Array.of(2, Number.NaN, 1, 2);
    expect(symmetricEigenvalues(matrix, 2)[1]).toBeCloseTo(3, 13);
    expect([...matrix]).toEqual([2, Number.NaN, 1, 2]);
  });

  test("refuses numbers that are not finite", () => {
    expect(() => symmetricEigenvalues(Float64Array.of(1, 0, Number.NaN, 1), 2)).toThrow(
      /METRIC_NUMERICS.*got NaN/,
    );
  });
});

describe("pivoted Cholesky", () => {
  // 300 columns take more than one block.
  test.each([
    [6, 6],
    [40, 11],
    [300, 290],
  ])("of a matrix [%i] of rank %i", (n, rank) => {
    const matrix = gram(n, rank);
    const { factor, order, ...found } = pivotedCholesky(matrix, n);
    expect(found.rank).toBe(rank);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
    let [worst, above] = [0, 0];
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = 0;
        for (let k = 0; k < rank; k++) sum += factor[i * n + k]! * factor[j * n + k]!;
        worst = Math.max(worst, Math.abs(sum - matrix[order[i]! * n + order[j]!]!));
        if (j < i && factor[j * n + i] !== 0) above++;
      }
    }
    expect(above).toBe(0);
    expect(worst).toBeLessThan(1e-13 * rank * matrix[0]!);
  });

  test("of zero", () => {
    expect(pivotedCholesky(new Float64Array(9), 3).rank).toBe(0);
  });
});
