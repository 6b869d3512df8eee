import { describe, expect, test } from "vitest";
import { stream } from "../core/random.ts";
import type { Rows } from "./metric.ts";
import { eachDistanceBlock, nearestIn, neighbourSquares } from "./neighbours.ts";

const draw = (count: number, width: number, name: string, at = 0): Rows => ({
  count,
  width,
  data: stream(7, name)
    .normal(new Float64Array(count * width))
    .map((v) => v + at),
});

/** The plain double loop. */
const distance = (a: Rows, i: number, b: Rows, j: number) =>
  Math.hypot(
    ...Array.from(
      { length: a.width },
      (_, k) => a.data[i * a.width + k]! - b.data[j * b.width + k]!,
    ),
  );

function matrix(a: Rows, b: Rows): Float64Array {
  const all = new Float64Array(a.count * b.count);
  eachDistanceBlock(a, b, ({ firstA, countA, firstB, countB, squares, stride }) => {
    for (let i = 0; i < countA; i++) {
      for (let j = 0; j < countB; j++) {
        all[(firstA + i) * b.count + firstB + j] = squares[i * stride + j]!;
      }
    }
  });
  return all;
}

describe("distances", () => {
  test.each([
    [150, 131, 3],
    [260, 1030, 2],
    [65, 258, 17],
    [1, 1, 1],
    [64, 128, 8],
  ])("%i × %i of width %i: every pair equals the plain loop", (n, m, d) => {
    const [a, b] = [draw(n, d, "a"), draw(m, d, "b")];
    const found = matrix(a, b);
    let worst = 0;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < m; j++) {
        const exact = distance(a, i, b, j) ** 2;
        worst = Math.max(worst, Math.abs(found[i * m + j]! / exact - 1));
      }
    }
    expect(worst).toBeLessThan(1e-9);
  });

  test("far from the origin nothing is lost: points 1e6 away, 1e-3 apart", () => {
    const a: Rows = { count: 2, width: 2, data: Float64Array.of(1e6, 1e6, 1e6 + 1e-3, 1e6) };
    const found = matrix(a, a);
    const gap = (1e6 + 1e-3 - 1e6) ** 2;
    expect([...found]).toEqual([0, gap, gap, 0]);
  });

  test("a pair has the same bits from either side, and equal rows are at 0", () => {
    const a = draw(200, 5, "a");
    const b = draw(130, 5, "b", 3);
    const [ab, ba] = [matrix(a, b), matrix(b, a)];
    for (let i = 0; i < 200; i++) {
      for (let j = 0; j < 130; j++) expect(ab[i * 130 + j]).toBe(ba[j * 200 + i]);
    }
    const self = matrix(a, a);
    for (let i = 0; i < 200; i++) expect(self[i * 200 + i]).toBe(0);
  });
});

describe("neighbourSquares", () => {
  test("by hand on the line 0, 1, 3, 7", () => {
    const rows: Rows = { count: 4, width: 1, data: Float32Array.of(0, 1, 3, 7) };
    const [first, third] = neighbourSquares(rows, [1, 3]);
    expect([...first!]).toEqual([1, 1, 4, 16]);
    expect([...third!]).toEqual([49, 36, 16, 49]);
  });

  test("equal to a sort of all distances, across blocks; a double is a neighbour at 0", () => {
    const rows = draw(1100, 4, "rows");
    rows.data.copyWithin(4 * 1050, 0, 4);
    const [first, fifth] = neighbourSquares(rows, [1, 5]);
    for (const i of [0, 255, 256, 1023, 1024, 1050, 1099]) {
      const all = Array.from({ length: 1100 }, (_, j) => distance(rows, i, rows, j));
      all.splice(i, 1);
      all.sort((x, y) => x - y);
      expect(first![i]).toBeCloseTo(all[0]! ** 2, 9);
      expect(fifth![i]).toBeCloseTo(all[4]! ** 2, 9);
    }
    expect([first![0], first![1050]]).toEqual([0, 0]);
  });

  test("k must be smaller than the count", () => {
    expect(() => neighbourSquares(draw(5, 2, "few"), [5])).toThrow("METRIC_INPUT");
    expect(() => neighbourSquares(draw(5, 2, "few"), [0])).toThrow("METRIC_INPUT");
  });
});

test("nearestIn: index and distance, the first of equals", () => {
  const a: Rows = { count: 3, width: 1, data: Float64Array.of(0.4, 5, 0.5) };
  const b: Rows = { count: 3, width: 1, data: Float64Array.of(0, 1, 4) };
  const { index, distance } = nearestIn(a, b);
  expect([...index]).toEqual([0, 2, 0]);
  expect([...distance]).toEqual([0.4, 1, 0.5].map((v) => expect.closeTo(v, 12)));
});
