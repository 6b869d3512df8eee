import { describe, expect, test } from "vitest";
import { constant, input } from "../ir/leaves.ts";
import type { Shape } from "../ir/type.ts";
import { toOnnx } from "../onnx/model.ts";
import { program } from "../program.ts";
import { evaluate } from "../reference/evaluate.ts";
import { nodeCpu } from "../run/node-cpu.ts";
import { keysOf, numbers, spread, wordAt } from "./_random-hash.ts";
import { bernoulli, randomNormal, randomUniform } from "./random.ts";

const n = 1 << 17;
const key = (k: number) => constant(k, [], "i32");
const draw = (k: number, stream: number): Float64Array =>
  evaluate([randomUniform(key(k), { shape: [n], stream })])[0]!.data;

/** Sequences that an application would draw: consecutive keys and streams. */
const drawn = [0, 1, 2, -1].flatMap((k) => [0, 1, 7].map((stream) => draw(k, stream)));

/** How many standard deviations χ² of the counts is from its mean, if all cells are as likely. */
function chiSquare(cells: readonly number[], bins: number): number {
  const counts = new Float64Array(bins);
  for (const c of cells) counts[c]! += 1;
  const mean = cells.length / bins;
  const total = counts.reduce((sum, c) => sum + (c - mean) ** 2 / mean, 0);
  return (total - (bins - 1)) / Math.sqrt(2 * (bins - 1));
}

const correlation = (a: Float64Array, b: Float64Array, lag = 0): number => {
  let total = 0;
  const count = a.length - lag;
  for (let i = 0; i < count; i++) total += (a[i]! - 0.5) * (b[i + lag]! - 0.5);
  return (12 * total) / Math.sqrt(count);
};

const cell = (u: number, bins: number): number => Math.floor(u * bins);

/** Five standard deviations, over some 300 statistics of fixed sequences. */
const limit = 5;

describe("randomUniform", () => {
  test("odd multiples of 2⁻²⁴, never 0 or 1", () => {
    for (const u of drawn.flatMap((d) => [...d.slice(0, 1000)])) {
      expect(u > 0 && u < 1).toBe(true);
      expect((u * 2 ** 24) % 2).toBe(1);
    }
  });

  test("mean, variance and histograms of high and low bits are uniform", () => {
    for (const u of drawn) {
      const mean = u.reduce((a, b) => a + b, 0) / n;
      const variance = u.reduce((a, b) => a + (b - mean) ** 2, 0) / n;
      expect(Math.abs(mean - 0.5) * Math.sqrt(12 * n)).toBeLessThan(limit);
      expect(Math.abs(variance - 1 / 12) * Math.sqrt(180 * n)).toBeLessThan(limit);
      const cells = Array.from(u);
      expect(
        Math.abs(
          chiSquare(
            cells.map((v) => cell(v, 256)),
            256,
          ),
        ),
      ).toBeLessThan(limit);
      const low = cells.map((v) => Math.floor(v * 2 ** 23) % 256);
      expect(Math.abs(chiSquare(low, 256))).toBeLessThan(limit);
    }
  });

  test("neighbours at many distances are independent", () => {
    const u = drawn[0]!;
    for (const lag of [1, 2, 3, 8, 32, 64, 1024, 4096]) {
      expect(Math.abs(correlation(u, u, lag))).toBeLessThan(limit);
      const pairs = Array.from(u.subarray(lag), (v, i) => cell(u[i]!, 64) * 64 + cell(v, 64));
      expect(Math.abs(chiSquare(pairs, 4096))).toBeLessThan(limit);
    }
  });

  test("keys and streams are independent of each other", () => {
    for (const [i, a] of drawn.entries()) {
      for (const b of drawn.slice(i + 1)) {
        expect(Math.abs(correlation(a, b))).toBeLessThan(limit);
        const pairs = Array.from(a, (v, k) => cell(v, 64) * 64 + cell(b[k]!, 64));
        expect(Math.abs(chiSquare(pairs, 4096))).toBeLessThan(limit);
      }
    }
  });

  test("each bit of the counter turns each bit of the result every second time", () => {
    const { start, odd } = keysOf(numbers, 5, 1);
    const word = (i: number) => wordAt(numbers, (start + Math.imul(i, spread)) >>> 0, odd) >>> 9;
    for (let bit = 0; bit < 22; bit++) {
      const turned = new Float64Array(23);
      for (let i = 0; i < 4096; i++) {
        const x = Math.imul(i, 2654435769) >>> 10;
        const difference = word(x) ^ word(x ^ (1 << bit));
        for (let b = 0; b < 23; b++) turned[b]! += (difference >>> b) & 1;
      }
      for (const count of turned) expect(Math.abs(count / 4096 - 0.5)).toBeLessThan(0.05);
    }
  });

  test("a key that is no i32 scalar, or a stream that is no number, is refused", () => {
    expect(() => randomUniform(input("k", [1], "i32"), { shape: [1] })).toThrow(/i32\[\]/);
    expect(() => randomUniform(input("k", []), { shape: [1] })).toThrow(/i32\[\]/);
    expect(() => randomUniform(key(0), { shape: [1], stream: 0.5 })).toThrow(/stream/);
  });

  test("a million numbers take a file of 20 kB", () => {
    const u = randomUniform(input("k", [], "i32"), { shape: [1000, 1000], stream: 0 });
    const model = toOnnx(program({ u }), { target: { provider: "cpu", nchwcBlock: 0 } });
    expect(model.length).toBeLessThan(25_000);
  });
});

describe("randomNormal", () => {
  test("has the moments of a normal distribution, and uncorrelated pairs", () => {
    const z = evaluate([randomNormal(key(3), { shape: [n], stream: 0 })])[0]!.data;
    const moment = (p: number) => z.reduce((sum, v) => sum + v ** p, 0) / n;
    expect(Math.abs(moment(1)) * Math.sqrt(n)).toBeLessThan(limit);
    expect(Math.abs(moment(2) - 1) * Math.sqrt(n / 2)).toBeLessThan(limit);
    expect(Math.abs(moment(3)) * Math.sqrt(n / 15)).toBeLessThan(limit);
    expect(Math.abs(moment(4) - 3) * Math.sqrt(n / 96)).toBeLessThan(limit);
    const half = n / 2;
    let both = 0;
    for (let i = 0; i < half; i++) both += z[i]! * z[i + half]!;
    expect(Math.abs(both) / Math.sqrt(half)).toBeLessThan(limit);
  });

  test.each([[[]], [[3]], [[5, 2, 7]]])(
    "of shape [%s], on ONNX Runtime too",
    async (shape: Shape) => {
      const provider = await nodeCpu({ threads: 1 });
      const z = randomNormal(input("k", [], "i32"), { shape, stream: 4 });
      const session = await provider.create(toOnnx(program({ z }), { target: provider.target }));
      const out = await session.run({ k: provider.value("i32", [], Int32Array.of(-9)) });
      const got = await out.z!.data();
      const want = evaluate([randomNormal(key(-9), { shape, stream: 4 })])[0]!;
      expect(out.z!.shape).toEqual(shape);
      want.data.forEach((v, i) => void expect(Math.abs(got[i]! - v)).toBeLessThan(1e-5));
      await session.dispose();
    },
  );
});

test("bernoulli is 1 as often as p says, also by p as a tensor", () => {
  const ones = (p: Parameters<typeof bernoulli>[1]["p"]) =>
    evaluate([bernoulli(key(1), { shape: [n / 4, 4], stream: 2, p })])[0]!.data;
  const rate = (d: Float64Array) => d.reduce((a, b) => a + b, 0) / d.length;
  expect(Math.abs(rate(ones(0.3)) - 0.3)).toBeLessThan(limit * Math.sqrt(0.21 / n));
  expect(rate(ones(0))).toBe(0);
  expect(rate(ones(1))).toBe(1);
  const each = ones(constant([0, 0.5, 0.5, 1]));
  expect([each[0], each[3]]).toEqual([0, 1]);
});
