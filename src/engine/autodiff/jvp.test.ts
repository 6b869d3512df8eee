import { describe, expect, test } from "vitest";
import { claimsOf, gradientError } from "../../../test/gradients.ts";
import { array, noise } from "../../../test/layers.ts";
import { input } from "../ir/leaves.ts";
import { matmul, mul, relu, sum, tanh } from "../ops/index.ts";
import { program } from "../program.ts";
import { evaluate } from "../reference/evaluate.ts";
import { jvp } from "./jvp.ts";

const x = input("x", [2, 3]);
const v = input("v", [2, 3]);
const w = input("w", [3, 4]);
const y = mul(tanh(matmul(x, w)), tanh(matmul(x, w)));

const feeds = { x: noise([2, 3], 1), v: noise([2, 3], 2), w: noise([3, 4], 3) };

describe("jvp", () => {
  test("of a linear map is the map, of x³ is 3x²v", () => {
    const at = { x: array([2, 3], [1, 2, 3, 4, 5, 6]), v: array([2, 3], [1, 0, 0, 0, -1, 2]) };
    const twos = { ...at, w: array([3, 4], new Array(12).fill(2)) };
    const [linear] = evaluate([jvp(matmul(x, w), x, v)], twos);
    expect(Array.from(linear!.data)).toEqual([2, 2, 2, 2, 2, 2, 2, 2]);
    const [cube] = evaluate([jvp(mul(x, mul(x, x)), x, v)], at);
    expect(Array.from(cube!.data)).toEqual([3, 0, 0, 0, -75, 216]);
  });

  test("is the central difference along v, of a net", () => {
    const [claimed] = evaluate([jvp(y, x, v)], feeds);
    const h = 1e-5;
    const moved = (step: number) => ({
      ...feeds,
      x: { ...feeds.x, data: feeds.x.data.map((a, i) => a + step * feeds.v.data[i]!) },
    });
    const [up] = evaluate([y], moved(h));
    const [down] = evaluate([y], moved(-h));
    claimed!.data.forEach((value, i) => {
      expect(value).toBeCloseTo((up!.data[i]! - down!.data[i]!) / (2 * h), 8);
    });
  });

  test("differentiates again, twice, by the variable, the direction and the weights", () => {
    const claims = claimsOf(sum(mul(jvp(y, x, v), jvp(y, x, v))), [x, v, w]);
    expect(gradientError({ claims, feeds }, 5)).toBeLessThan(1e-6);
  });

  test("is 0 where nothing depends on x, and along a flat side of a relu", () => {
    const [none] = evaluate([jvp(tanh(w), x, v)], feeds);
    expect(Array.from(none!.data)).toEqual(new Array(12).fill(0));
    const low = { x: array([2, 3], [-1, 1, -1, 1, -1, 1]), v: array([2, 3], [1, 2, 3, 4, 5, 6]) };
    const [kinked] = evaluate([jvp(relu(x), x, v)], low);
    expect(Array.from(kinked!.data)).toEqual([0, 2, 0, 4, 0, 6]);
  });

  test("needs no more inputs than its parts do", () => {
    const names = program({ y: jvp(y, x, v) }).inputs.map((t) => t.attrs);
    expect(names).toHaveLength(3);
  });

  test("a direction of another shape is refused", () => {
    expect(() => jvp(y, x, w)).toThrow(/direction like its variable/);
  });
});
