import { expect, test } from "vitest";
import { stream } from "../core/random.ts";
import { assign } from "./assignment.ts";

/** Least cost over all permutations. */
function bruteForce(
  costs: ArrayLike<number>,
  n: number,
  row = 0,
  taken = new Set<number>(),
): number {
  if (row === n) return 0;
  let best = Number.POSITIVE_INFINITY;
  for (let column = 0; column < n; column++) {
    if (taken.has(column)) continue;
    taken.add(column);
    best = Math.min(best, costs[row * n + column]! + bruteForce(costs, n, row + 1, taken));
    taken.delete(column);
  }
  return best;
}

test("by hand: the greedy choice of 1 for the first row would cost 10", () => {
  const { columns, cost } = assign([1, 2, 3, 9]);
  expect(Array.from(columns)).toEqual([1, 0]);
  expect(cost).toBe(5);
});

test("one row, equal costs, negative costs", () => {
  expect(assign([7])).toEqual({ columns: Int32Array.of(0), cost: 7 });
  expect(assign(new Array(9).fill(2)).cost).toBe(6);
  expect(assign([-5, 0, 0, -5]).cost).toBe(-10);
});

test.each([1, 2, 3, 4, 5, 6, 7])("as cheap as the best of all permutations, n = %i", (n) => {
  for (let trial = 0; trial < 20; trial++) {
    const costs = stream(trial, `costs ${n}`).normal(new Float64Array(n * n));
    const { columns, cost } = assign(costs);
    expect([...columns].sort()).toEqual(Array.from({ length: n }, (_, i) => i));
    const chosen = columns.reduce((sum, column, row) => sum + costs[row * n + column]!, 0);
    expect(cost).toBeCloseTo(chosen, 10);
    expect(cost).toBeCloseTo(bruteForce(costs, n), 10);
  }
});

test("on the line, squared distances are matched in order, n = 128", () => {
  const a = stream(1, "a").normal(new Float64Array(128)).sort();
  const b = stream(1, "b").normal(new Float64Array(128)).sort();
  const costs = Float64Array.from({ length: 128 * 128 }, (_, i) => {
    return (a[Math.floor(i / 128)]! - b[i % 128]!) ** 2;
  });
  expect(Array.from(assign(costs).columns)).toEqual(Array.from({ length: 128 }, (_, i) => i));
});

test("what is not a square of finite costs is refused", () => {
  expect(() => assign([1, 2, 3])).toThrow(/assignment\] METRIC_INPUT/);
  expect(() => assign([])).toThrow(/METRIC_INPUT/);
  expect(() => assign([1, Number.NaN, 3, 4])).toThrow(/METRIC_INPUT/);
});
