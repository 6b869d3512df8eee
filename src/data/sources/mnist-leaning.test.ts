import { describe, expect, test } from "vitest";
import { mnist } from "./mnist.ts";
import { mnistLeaning } from "./mnist-leaning.ts";

const side = 16;
const size = side * side;

/** Σ x·y·ink / Σ y²·ink about the image's centre of mass, y upwards. */
function slant(image: Float32Array): number {
  const sums = [0, 0, 0];
  image.forEach((v, i) => {
    sums[0]! += v;
    sums[1]! += v * (i % side);
    sums[2]! += v * Math.floor(i / side);
  });
  const [cx, cy] = [sums[1]! / sums[0]!, sums[2]! / sums[0]!];
  let [xy, yy] = [0, 0];
  image.forEach((v, i) => {
    const [x, y] = [(i % side) - cx, cy - Math.floor(i / side)];
    xy += v * x * y;
    yy += v * y * y;
  });
  return xy / yy;
}

const open = (options = {}) => mnistLeaning.open({ side, split: "test", ...options });
const item = (data: ArrayLike<number>, i: number) =>
  Float32Array.from({ length: size }, (_, k) => data[i * size + k]!);

describe("mnist-leaning", () => {
  test("upright digits sheared by the lean slant by the lean", () => {
    const { image, lean } = open().batch(0, 50, 1);
    for (let i = 0; i < 50; i++) {
      expect(Math.abs(slant(item(image!, i)) - lean![i]!)).toBeLessThan(0.12);
      expect(Math.abs(lean![i]!)).toBeLessThan(0.6);
    }
  });

  test("as they come, a shear adds to the digit's own slant", () => {
    const own = mnist.open({ side, split: "test" }).batch(0, 50, 1).image!;
    const { image, lean } = open({ upright: false, range: 0.3 }).batch(0, 50, 1);
    for (let i = 0; i < 50; i++) {
      const added = slant(item(image!, i)) - slant(item(own, i));
      expect(Math.abs(added - lean![i]!)).toBeLessThan(0.08);
    }
  });

  test.each(["shear", "rotation"] as const)("the tangent of a %s is how images change", (by) => {
    const source = open({ by, range: 0.4 });
    const { image, tangents, lean } = source.batch(0, 20, 2);
    expect(source.fields.tangents!.shape).toEqual([1, 1, side, side]);
    expect(source.fields.tangents!.scale).toBe(source.fields.image!.scale);
    expect(source.fields.tangents!.offset).toBe(0);
    // The same digits at half the range lean half as much: images apart by half the lean.
    const nearer = open({ by, range: 0.398 }).batch(0, 20, 2);
    for (let i = 0; i < 20; i++) {
      const share = (0.002 * lean![i]!) / 0.4 / 0.4;
      const [now, then, along] = [image!, nearer.image!, tangents!].map((d) => item(d, i));
      const moved = now!.map((v, k) => (v - then![k]!) / share);
      expect(cosine(moved, along!)).toBeGreaterThan(0.85);
    }
  });

  test("labels are the digits', and the stream is cut alike at any size", () => {
    const source = open();
    const whole = source.batch(0, 12, 4);
    const part = source.batch(5, 3, 4);
    for (const field of ["image", "tangents"]) {
      expect(part[field]).toEqual(whole[field]!.slice(5 * size, 8 * size));
    }
    expect(part.lean).toEqual(whole.lean!.slice(5, 8));
    expect(whole.label).toEqual(mnist.open({ side, split: "test" }).batch(0, 12, 4).label);
  });
});

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (p: Float32Array, q: Float32Array) => p.reduce((sum, v, k) => sum + v * q[k]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
