import { describe, expect, test } from "vitest";
import { adam, lbfgs, minimise, type Slope } from "./minimise.ts";

/** Σ 100·(x₂ₖ₊₁ − x₂ₖ²)² + (1 − x₂ₖ)²: a curved valley with its least value 0 at (1, …, 1). */
function rosenbrock(x: Float64Array): Slope {
  const gradient = new Float64Array(x.length);
  let value = 0;
  for (let i = 0; i < x.length; i += 2) {
    const [a, b] = [x[i]!, x[i + 1]!];
    value += 100 * (b - a * a) ** 2 + (1 - a) ** 2;
    gradient[i] = -400 * a * (b - a * a) - 2 * (1 - a);
    gradient[i + 1] = 200 * (b - a * a);
  }
  return { value, gradient };
}

/** The search, the number of looks, and whether all were within the bound. */
function counted(
  make: typeof lbfgs,
  start: number[],
  options: { steps: number; bound?: number },
  f = rosenbrock,
) {
  let [looks, furthest] = [0, 0];
  const found = minimise(make(Float64Array.from(start), options), (x) => {
    looks++;
    furthest = Math.max(furthest, ...x.map(Math.abs));
    return f(x);
  });
  return { ...found, looks, furthest };
}

describe("L-BFGS", () => {
  test.each([
    ["its usual start", [-1.2, 1], 60],
    ["the middle", [0, 0], 60],
    ["three far points at once", [3, -4, -1.2, 1, 10, 10], 250],
    ["100 axes", Array.from({ length: 100 }, (_, i) => (i % 2 ? 1 : -1.2)), 150],
  ])("finds the bottom of Rosenbrock's valley from %s", (_, start, most) => {
    const { point, value, looks } = counted(lbfgs, start, { steps: 200 });
    for (const v of point) expect(v).toBeCloseTo(1, 5);
    expect(value).toBeLessThan(1e-10);
    expect(looks).toBeLessThan(most);
  });

  test("a quadratic of any scale takes a few steps", () => {
    const scales = [1e-4, 1, 1e4];
    const quadratic = (x: Float64Array): Slope => ({
      value: scales.reduce((sum, s, i) => sum + (s * (x[i]! - i) ** 2) / 2, 0),
      gradient: Float64Array.from(scales, (s, i) => s * (x[i]! - i)),
    });
    const { point, looks } = counted(lbfgs, [5, 5, 5], { steps: 60 }, quadratic);
    expect(point[1]).toBeCloseTo(1, 4);
    expect(point[2]).toBeCloseTo(2, 4);
    expect(looks).toBeLessThan(60);
  });

  test("bounds hold it, and it goes along them", () => {
    const { point, furthest } = counted(lbfgs, [-0.5, 0.5], { steps: 200, bound: 0.8 });
    expect(furthest).toBeLessThanOrEqual(0.8);
    // The least within the square lies on its edge: x = 0.8, y = 0.64.
    expect(point[0]).toBeCloseTo(0.8, 4);
    expect(point[1]).toBeCloseTo(0.64, 3);
  });

  test("kinks do not stop it: |x| + 3·|y|", () => {
    const kinks = (x: Float64Array): Slope => ({
      value: Math.abs(x[0]!) + 3 * Math.abs(x[1]!),
      gradient: Float64Array.of(Math.sign(x[0]!), 3 * Math.sign(x[1]!)),
    });
    expect(counted(lbfgs, [2.3, -1.7], { steps: 100 }, kinks).value).toBeLessThan(1e-3);
  });

  test("no slope, and values that are no numbers, end it where it was best", () => {
    const flat = () => ({ value: 7, gradient: new Float64Array(2) });
    expect(counted(lbfgs, [1, 2], { steps: 50 }, flat)).toMatchObject({ value: 7, looks: 1 });
    const cliff = (x: Float64Array): Slope =>
      x[0]! > 1.5
        ? { value: Number.NaN, gradient: Float64Array.of(Number.NaN) }
        : { value: -x[0]!, gradient: Float64Array.of(-1) };
    const { point, value } = counted(lbfgs, [0], { steps: 50 }, cliff);
    expect(value).toBe(-point[0]!);
    expect(value).toBeLessThan(-1.4);
  });
});

test("Adam gets there too, more slowly, within bounds", () => {
  const make = (start: Float64Array, options: { steps: number; bound?: number }) =>
    adam(start, { ...options, rate: 0.05 });
  const free = counted(make, [-1.2, 1], { steps: 3000 });
  expect(free.value).toBeLessThan(1e-4);
  const bounded = counted(make, [-0.5, 0.5], { steps: 2000, bound: 0.8 });
  expect(bounded.furthest).toBeLessThanOrEqual(0.8);
  expect(bounded.point[0]).toBeCloseTo(0.8, 3);
});
