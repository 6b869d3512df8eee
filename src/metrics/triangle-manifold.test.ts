import { describe, expect, test } from "vitest";
import { stream } from "../core/random.ts";
import { triangles } from "../data/sources/triangles.ts";
import { drawTriangle, triangleOf } from "../data/triangles.ts";
import { nearestIn } from "./neighbours.ts";
import { reachOf, TriangleManifold } from "./triangle-manifold.ts";

const side = 16;
const size = side ** 2;
const manifold = new TriangleManifold(side);
const rows = (data: Float32Array) => ({ count: data.length / size, width: size, data });
const pictures = (count: number, seed: number) =>
  rows(Float32Array.from(triangles.open().batch(0, count, seed).image!));
const noise = (count: number) =>
  rows(
    stream(1, "noise")
      .uniform(new Float32Array(count * size))
      .map((v) => 255 * v),
  );

describe("distance to the manifold", () => {
  test("of its own pictures: what rounding to bytes leaves", () => {
    const distances = manifold.distances(pictures(100, 7));
    expect(Math.max(...distances)).toBeLessThan(0.05);
  });

  test("finds the very triangle, unrounded", () => {
    for (let i = 0; i < 20; i++) {
      const triangle = triangleOf(stream(2, "t", i).uniform(new Float64Array(6)), side);
      const image = new Float64Array(size);
      drawTriangle(triangle, side, image);
      expect(manifold.nearest(image).distance).toBeLessThan(1e-3);
    }
  });

  test("by hand: a black picture is as far as the smallest triangle's own norm", () => {
    // The least of ‖drawn‖ over the allowed triangles, by an independent random search.
    let least = Number.POSITIVE_INFINITY;
    const image = new Float64Array(size);
    for (let i = 0; i < 4000; i++) {
      const u = stream(4, "u", i).uniform(new Float64Array(6));
      u[2] = 0;
      u[4]! *= 0.05;
      u[5]! *= 0.05;
      drawTriangle(triangleOf(u, side), side, image);
      least = Math.min(least, Math.hypot(...image));
    }
    const { distance } = manifold.nearest(new Float64Array(size));
    expect(distance).toBeLessThan(least + 0.05);
    expect(distance).toBeGreaterThan(least - 0.2);
  });

  test("twice the search changes little, for blurred pictures too", () => {
    const thorough = new TriangleManifold(side, { bank: 6000, starts: 6, steps: 40 });
    const sharp = pictures(20, 9);
    const blurred = rows(
      sharp.data.map((v, i) => (v + sharp.data[i + (i % side < side - 1 ? 1 : 0)]!) / 2),
    );
    const [a, b] = [manifold.distances(blurred), thorough.distances(blurred)];
    const changes = Array.from(a, (d, i) => Math.abs(d - b[i]!));
    expect(changes.reduce((sum, d) => sum + d) / changes.length).toBeLessThan(0.05);
    expect(Math.max(...changes)).toBeLessThan(0.3);
  });

  test("what is no picture of its side is refused", () => {
    expect(() => manifold.distances({ count: 1, width: 4, data: new Float32Array(4) })).toThrow(
      /METRIC_INPUT/,
    );
    expect(() => manifold.distances(rows(new Float32Array(size).fill(Number.NaN)))).toThrow(
      /finite/,
    );
  });
});

describe("precision and recall", () => {
  const held = pictures(60, 11);
  const tolerance = 1;

  test("a perfect sampler: 1 and 1", () => {
    const made = manifold.distances(pictures(60, 12));
    // What it can make nearest to a held-out picture is its triangle: the manifold itself.
    expect(reachOf(made, manifold.distances(held), tolerance)).toEqual({
      precision: 1,
      recall: 1,
      f1: 1,
    });
  });

  test("one triangle again and again: precision 1, recall next to 0", () => {
    const one = pictures(1, 13);
    const near = nearestIn(held, one).distance.map((d) => d / 255);
    const { precision, recall, f1 } = reachOf(manifold.distances(one), near, tolerance);
    expect(precision).toBe(1);
    expect(recall).toBeLessThan(0.05);
    expect(f1).toBeLessThan(0.1);
  });

  test("noise: precision 0", () => {
    const distances = manifold.distances(noise(30));
    expect(reachOf(distances, [0], tolerance).precision).toBe(0);
    expect(reachOf(distances, [9], tolerance).f1).toBe(0);
  });

  test("by hand: 2 of 4 and 1 of 2", () => {
    expect(reachOf([0.5, 1, 1.1, 3], [0.9, 2], 1)).toEqual({
      precision: 0.5,
      recall: 0.5,
      f1: 0.5,
    });
  });
});
