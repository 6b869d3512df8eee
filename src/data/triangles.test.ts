import { describe, expect, test } from "vitest";
import { stream } from "../core/random.ts";
import { triangles } from "./sources/triangles.ts";
import { allowedTriangle, drawTriangle, leastGap, type Triangle, triangleOf } from "./triangles.ts";

const side = 16;
const draw = (t: Triangle, of = side) => {
  const out = new Float64Array(of * of);
  drawTriangle(t, of, out);
  return out;
};
const total = (values: Float64Array) => values.reduce((a, b) => a + b, 0);
const random = (i: number) => triangleOf(stream(3, "t", i).uniform(new Float64Array(6)), side);

describe("a drawn triangle", () => {
  test("by hand: a right angle at the top left, legs along the axes", () => {
    // Corners at 45°, 135° and 225° of a circle about (8, 8): (12,12), (4,12), (4,4), all in whole px.
    const radius = 4 * Math.SQRT2;
    const image = draw([8, 8, radius, Math.PI / 4, Math.PI / 2, Math.PI / 2]);
    const at = (x: number, y: number) => image[y * side + x]!;
    expect(at(5, 10)).toBeCloseTo(1, 12);
    expect(at(3, 8)).toBeCloseTo(0, 12);
    expect(at(4, 8)).toBeCloseTo(1, 12);
    expect(at(10, 6)).toBe(0);
    // On the diagonal from (4,4) to (12,12) pixel centres lie on the line itself.
    expect(at(8, 8)).toBeCloseTo(0.5, 12);
  });

  test("its pixels add up to its area, on a fine grid", () => {
    const of = 200;
    for (let i = 0; i < 5; i++) {
      const t = triangleOf(stream(5, "t", i).uniform(new Float64Array(6)), of);
      const [, , r, , b, c] = t;
      const area = (r * r * (Math.sin(b) + Math.sin(c) + Math.sin(2 * Math.PI - b - c))) / 2;
      expect(total(draw(t, of)) / area).toBeCloseTo(1, 2);
    }
  });

  test("it lies inside the picture: nothing but its blurred edge is lost", () => {
    for (let i = 0; i < 200; i++) {
      const [x, y, r, d, b, c] = random(i);
      for (const angle of [d, d + b, d + b + c]) {
        for (const v of [x + r * Math.cos(angle), y + r * Math.sin(angle)]) {
          expect(v).toBeGreaterThanOrEqual(0);
          expect(v).toBeLessThanOrEqual(side);
        }
      }
      expect(Math.min(b, c, 2 * Math.PI - b - c)).toBeGreaterThanOrEqual(leastGap - 1e-9);
    }
  });
});

test("the allowed triangle of an allowed one is itself, and that of any other is allowed", () => {
  for (let i = 0; i < 50; i++) {
    allowedTriangle(random(i), side).forEach((v, k) => {
      expect(v).toBeCloseTo(random(i)[k]!, 9);
    });
  }
  const [x, y, r, , second, third] = allowedTriangle([-5, 99, 99, 1, 0, 9], side);
  expect([x, y, r]).toEqual([6, 10, 6]);
  expect(second).toBe(leastGap);
  expect(third).toBeCloseTo(Math.PI, 12);
});

describe("the source", () => {
  const source = triangles.open();

  test("one stream, however it is cut; another seed another", () => {
    const whole = source.batch(250, 20, 1).image!;
    const cut = source.batch(256, 14, 1).image!;
    expect(whole.subarray(6 * 256)).toEqual(cut);
    expect(source.batch(250, 20, 2).image).not.toEqual(whole);
  });

  test("pictures are grey, from black to white, and networks see −1 to 1", () => {
    const { image } = source.batch(0, 50, 0);
    expect(image).toHaveLength(50 * 256);
    expect(Math.min(...image!)).toBe(0);
    expect(Math.max(...image!)).toBe(255);
    const { scale, offset } = source.fields.image!;
    expect(255 * scale + offset).toBeCloseTo(1, 12);
  });

  test("other sides", () => {
    expect(triangles.open({ side: 28 }).batch(0, 1, 0).image).toHaveLength(784);
    expect(() => triangles.open({ side: 17 as 16 })).toThrow(/side/);
  });
});
