import { describe, expect, test } from "vitest";
import { GanymedeError } from "./errors.ts";
import { philox4x32 } from "./philox.ts";
import { fnv1a, stream } from "./random.ts";

const count = 1 << 18;

function moments(values: ArrayLike<number>) {
  let sum = 0;
  let squares = 0;
  let cubes = 0;
  let fourths = 0;
  for (let i = 0; i < values.length; i++) {
    const v = values[i]!;
    sum += v;
    squares += v * v;
    cubes += v * v * v;
    fourths += v * v * v * v;
  }
  return [sum, squares, cubes, fourths].map((total) => total / values.length) as number[];
}

test("fnv1a gives the published hashes", () => {
  // Test suite of the authors, isthe.com/chongo/src/fnv/test_fnv.c
  expect(fnv1a("")).toBe(0x811c9dc5);
  expect(fnv1a("a")).toBe(0xe40c292c);
  expect(fnv1a("foobar")).toBe(0xbf9cf968);
});

describe("addressing", () => {
  test("key and counter hold seed, name, step and block as documented", () => {
    const seed = 2 ** 32 * 5 + 0xfedcba98;
    const step = 2 ** 32 * 1000 + 0x89abcdef;
    const words = stream(seed, "noise", step).uint32(8);
    const expected = new Uint32Array(8);
    philox4x32([0, 0x89abcdef, 1000, 5], [0xfedcba98, fnv1a("noise")], expected, 0);
    philox4x32([1, 0x89abcdef, 1000, 5], [0xfedcba98, fnv1a("noise")], expected, 4);
    expect([...words]).toEqual([...expected]);
  });

  test("the values are pinned, so that a stored run can be repeated by a later version", () => {
    expect([...stream(1, "pin", 2).uint32(3)]).toMatchInlineSnapshot(`
      [
        2603693029,
        1655337342,
        3485303885,
      ]
    `);
    expect([...stream(1, "pin", 2).normal(new Float32Array(4))]).toMatchInlineSnapshot(`
      [
        -0.752211332321167,
        0.6597001552581787,
        -0.4753693640232086,
        0.43795132637023926,
      ]
    `);
    expect([...stream(1, "pin", 2).permutation(8)]).toMatchInlineSnapshot(`
      [
        5,
        2,
        7,
        0,
        1,
        3,
        4,
        6,
      ]
    `);
  });

  test("what others draw changes nothing; seed, name and step each do", () => {
    const draw = (seed: number, name: string, step: number) =>
      [...stream(seed, name, step).uint32(4)].join();
    const alone = draw(7, "a", 3);
    stream(7, "b", 3).normal(new Float32Array(999));
    stream(7, "a", 2).permutation(999);
    expect(draw(7, "a", 3)).toBe(alone);
    const others = [draw(8, "a", 3), draw(7 + 2 ** 32, "a", 3), draw(7, "b", 3), draw(7, "a", 4)];
    others.push(draw(7, "a", 3 + 2 ** 32));
    expect(new Set([alone, ...others]).size).toBe(6);
  });

  test("calls continue at the next block of four words", () => {
    const all = stream(1, "s").uint32(12);
    const parts = stream(1, "s");
    expect([...parts.uint32(5)]).toEqual([...all.subarray(0, 5)]);
    expect([...parts.uint32(4)]).toEqual([...all.subarray(8, 12)]);
  });

  test("fork keeps seed and step and extends the name", () => {
    const child = stream(9, "g", 4).fork("noise");
    expect([...child.uint32(4)]).toEqual([...stream(9, "g/noise", 4).uint32(4)]);
  });

  test("a stream that is used up says so and does not repeat itself", () => {
    const s = stream(1, "long");
    Object.assign(s, { block: 2 ** 32 - 1 });
    s.uint32(4);
    expect(() => s.uint32(1)).toThrow(/long.*RANDOM.*2\^34/);
  });
});

describe("distributions", () => {
  test("uniforms: open interval, on the 2^-24 grid, right moments, same in f32 and f64", () => {
    const values = stream(3, "uniform").uniform(new Float32Array(count));
    expect(Math.min(...values.subarray(0, 1000))).toBeGreaterThan(0);
    expect(values.every((v) => v > 0 && v < 1 && (v * 2 ** 24) % 2 === 1)).toBe(true);
    const [mean, square, cube] = moments(values) as [number, number, number];
    expect(Math.abs(mean - 1 / 2)).toBeLessThan(0.003); // 5 sigma = 0.0028
    expect(Math.abs(square - 1 / 3)).toBeLessThan(0.003);
    expect(Math.abs(cube - 1 / 4)).toBeLessThan(0.003);
    const wide = stream(3, "uniform").uniform(new Float64Array(2000));
    expect([...wide]).toEqual([...values.subarray(0, 2000)]);
  });

  test("normals: moments of N(0, 1), no correlation of the pair", () => {
    const values = stream(4, "normal").normal(new Float32Array(count));
    const [mean, square, cube, fourth] = moments(values) as [number, number, number, number];
    expect(Math.abs(mean)).toBeLessThan(0.01); // 5 sigma: 0.0098
    expect(Math.abs(square - 1)).toBeLessThan(0.014);
    expect(Math.abs(cube)).toBeLessThan(0.038);
    expect(Math.abs(fourth - 3)).toBeLessThan(0.096);
    let products = 0;
    for (let i = 0; i < count; i += 2) {
      products += values[i]! * values[i + 1]!;
    }
    expect(Math.abs(products / (count / 2))).toBeLessThan(0.014);
  });

  test("normals: tail shares as in the normal distribution", () => {
    const values = stream(5, "tail").normal(new Float64Array(count));
    const share = (bound: number) => values.filter((v) => Math.abs(v) > bound).length / count;
    expect(Math.abs(share(1) - 0.317311)).toBeLessThan(0.0046);
    expect(Math.abs(share(2) - 0.0455)).toBeLessThan(0.0021);
    expect(Math.abs(share(3) - 0.0027)).toBeLessThan(0.0006);
  });

  test("an odd count fills every value and f32 is the rounded f64", () => {
    const wide = stream(6, "odd").normal(new Float64Array(1025));
    const narrow = stream(6, "odd").normal(new Float32Array(1025));
    expect([...narrow]).toEqual([...Float32Array.from(wide)]);
    expect(wide[1024]).not.toBe(0);
  });

  test.each([1, 2, 3, 10, 1000, 3 * 2 ** 30])(
    "integers below %i: in range, equal thirds",
    (below) => {
      const values = stream(7, "int").integers(30000, below);
      expect(values.every((v) => v < below)).toBe(true);
      if (below >= 1000) {
        // A word reduced modulo 3·2^30 without rejection would give the low third half of all.
        const low = values.filter((v) => v < below / 3).length / values.length;
        expect(Math.abs(low - 1 / 3)).toBeLessThan(0.0137); // 5 sigma
      }
    },
  );

  test("small ranges: every integer equally often", () => {
    const tally = new Float64Array(7);
    for (const v of stream(8, "seven").integers(70000, 7)) {
      tally[v]! += 1;
    }
    const chiSquare = tally.reduce((sum, n) => sum + (n - 10000) ** 2 / 10000, 0);
    expect(chiSquare).toBeLessThan(22.5); // 6 degrees of freedom, p = 0.001
  });

  test("permutations hold every index once, and all orders of four occur equally often", () => {
    const order = stream(9, "shuffle").permutation(5000);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 5000 }, (_, i) => i));
    const tally = new Map<string, number>();
    for (let step = 0; step < 24000; step++) {
      const key = stream(9, "four", step).permutation(4).join();
      tally.set(key, (tally.get(key) ?? 0) + 1);
    }
    const chiSquare = [...tally.values()].reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0);
    expect(tally.size).toBe(24);
    expect(chiSquare).toBeLessThan(49.7); // 23 degrees of freedom, p = 0.001
  });
});

test.each([
  ["a negative seed", () => stream(-1, "x")],
  ["a fractional seed", () => stream(0.5, "x")],
  ["a seed past 2^53", () => stream(2 ** 53, "x")],
  ["a NaN step", () => stream(1, "x", Number.NaN)],
  ["a negative count", () => stream(1, "x").uint32(-1)],
  ["below 0", () => stream(1, "x").integers(4, 0)],
  ["below 2^32", () => stream(1, "x").integers(4, 2 ** 32)],
])("%s is refused by name", (_, act) => {
  expect(act).toThrow(GanymedeError);
  expect(act).toThrow(/random stream x.*RANDOM/);
});
