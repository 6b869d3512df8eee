import { describe, expect, test } from "vitest";
import { stream } from "../core/random.ts";
import { type FeatureMoments, momentsOf } from "./feature-moments.ts";
import { frechetDistance, frechetLimit } from "./frechet.ts";

const gaussian = (mean: number[], covariance: number[], count = 1000): FeatureMoments => ({
  count,
  width: mean.length,
  mean: Float64Array.from(mean),
  covariance: Float64Array.from(covariance),
});

const diagonal = (mean: number[], variances: number[]): FeatureMoments =>
  gaussian(
    mean,
    variances.flatMap((v, i) => variances.map((_, j) => (i === j ? v : 0))),
  );

const normals = (count: number, width: number, name: string) => ({
  count,
  width,
  data: stream(1, name).normal(new Float64Array(count * width)),
});

describe("closed forms", () => {
  test("diagonal: Σ(m − m')² + Σ(σ − σ')²", () => {
    const [a, b] = [diagonal([0, 1, -2], [4, 0.25, 9]), diagonal([1, 1, 0], [1, 2.25, 9])];
    const { distance, meanTerm, covarianceTerm } = frechetDistance(a, b);
    expect(meanTerm).toBe(5);
    expect(covarianceTerm).toBeCloseTo(1 + 1, 12);
    expect(distance).toBeCloseTo(7, 12);
  });

  test("two by two that do not commute: Tr(Σ₁Σ₂)^½ = (Tr Σ₁Σ₂ + 2(det Σ₁Σ₂)^½)^½", () => {
    const [a, b] = [gaussian([0, 0], [2, 1, 1, 3]), gaussian([0, 0], [5, -2, -2, 1])];
    // Σ₁Σ₂ = [8, −3; −1, 1]: trace 9, determinant 5.
    const expected = 5 + 6 - 2 * Math.sqrt(9 + 2 * Math.sqrt(5));
    expect(frechetDistance(a, b).distance).toBeCloseTo(expected, 12);
  });

  test("ranks that are not full: a line at an angle φ to another, 2 − 2|cos φ|", () => {
    const phi = 1.1;
    const [c, s] = [Math.cos(phi), Math.sin(phi)];
    const [a, b] = [gaussian([0, 0], [1, 0, 0, 0]), gaussian([0, 0], [c * c, c * s, c * s, s * s])];
    expect(frechetDistance(a, b).distance).toBeCloseTo(2 - 2 * c, 9);
    const point = gaussian([0, 0], [0, 0, 0, 0]);
    expect(frechetDistance(point, b).distance).toBeCloseTo(1, 12);
  });

  test("a scaled copy: (s − 1)² times the trace, also with fewer items than dimensions", () => {
    const a = momentsOf(normals(10, 300, "few"));
    const b = { ...a, covariance: a.covariance.map((v) => 4 * v) };
    const trace = a.mean.reduce((sum, _, i) => sum + a.covariance[i * 300 + i]!, 0);
    expect(frechetDistance(a, b).distance / trace).toBeCloseTo(1, 9);
  });
});

test("equal moments are at 0, nearly equal ones next to it", () => {
  const a = momentsOf(normals(100, 20, "a"));
  expect(frechetDistance(a, a)).toEqual({ distance: 0, meanTerm: 0, covarianceTerm: 0 });
  const b = { ...a, covariance: a.covariance.map((v) => v * (1 + 1e-12)) };
  expect(frechetDistance(a, b).distance).toBeLessThan(1e-9 * 20);
});

test("symmetric in its sides", () => {
  const [a, b] = [momentsOf(normals(15, 20, "a")), momentsOf(normals(80, 20, "b"))];
  expect(frechetDistance(a, b)).toEqual(frechetDistance(b, a));
});

test("refuses other widths and moments that are not finite", () => {
  const a = diagonal([0, 0], [1, 1]);
  expect(() => frechetDistance(a, diagonal([0], [1]))).toThrow(/METRIC_INPUT.*2 and 1 features/);
  expect(() => frechetDistance(a, diagonal([0, Number.NaN], [1, 1]))).toThrow(/METRIC_NUMERICS/);
});

describe("FID∞", () => {
  const width = 8;
  const real = diagonal(new Array(width).fill(0), new Array(width).fill(1));
  const limits = Array.from({ length: 16 }, (_, seed) => {
    const fake = normals(1000, width, `limit${seed}`);
    return frechetLimit(real, fake, { seed, points: 6 });
  });
  const mean = (of: (limit: (typeof limits)[number]) => number) =>
    limits.reduce((sum, limit) => sum + of(limit), 0) / limits.length;

  test("measures from a tenth of the items to all", () => {
    const { points } = limits[0]!;
    expect(points.map((p) => p.count)).toEqual([100, 280, 460, 640, 820, 1000]);
    const whole = frechetDistance(real, momentsOf(normals(1000, width, "limit0"))).distance;
    expect(points.at(-1)!.distance).toBeCloseTo(whole, 12);
  });

  test("takes away the bias of few fake items, which FID has", () => {
    const error = Math.sqrt(mean((l) => l.distance ** 2) / limits.length);
    expect(Math.abs(mean((l) => l.distance))).toBeLessThan(3 * error);
    expect(mean((l) => l.points.at(-1)!.distance)).toBeGreaterThan(6 * error);
  });

  test("its slope is the bias: of the mean d, of the covariance d(d + 1)/4, by n", () => {
    const expected = width + (width * (width + 1)) / 4;
    expect(mean((l) => l.slope) / expected).toBeGreaterThan(0.85);
    expect(mean((l) => l.slope) / expected).toBeLessThan(1.15);
  });
});
