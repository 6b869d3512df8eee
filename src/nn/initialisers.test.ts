import { describe, expect, test } from "vitest";
import { stream } from "../core/random.ts";
import type { Shape } from "../engine/ir/type.ts";
import * as init from "./initialisers.ts";
import type { Initialiser } from "./variables.ts";

const shape = [64, 32, 3, 3]; // fan-in 288, fan-out 576
const draw = (make: Initialiser, of: Shape = shape) => make(stream(1, "init"), of);
const spread = (v: Float32Array) => {
  const mean = v.reduce((a, b) => a + b, 0) / v.length;
  return { mean, std: Math.sqrt(v.reduce((a, b) => a + (b - mean) ** 2, 0) / v.length) };
};
const peak = (v: Float32Array) => v.reduce((a, b) => Math.max(a, Math.abs(b)), 0);

test("constants fill", () => {
  expect([...draw(init.zeros, [2])]).toEqual([0, 0]);
  expect([...draw(init.ones, [2])]).toEqual([1, 1]);
  expect([...draw(init.constant(0.25), [])]).toEqual([0.25]);
});

test("fans count as PyTorch does", () => {
  expect(init.fansOf([64, 32, 3, 3])).toEqual({ in: 288, out: 576 });
  expect(init.fansOf([7, 5])).toEqual({ in: 5, out: 7 });
});

// 18,432 values: the standard error of a normal's deviation is 0.5 %.
test.each([
  ["normal", init.normal(0.02), 0.02],
  ["xavierNormal", init.xavierNormal(2), 2 * Math.sqrt(2 / 864)],
  ["heNormal", init.heNormal(), Math.sqrt(2 / 288)],
  ["heNormal, leaky, out", init.heNormal({ slope: 0.2, fan: "out" }), Math.sqrt(2 / (1.04 * 576))],
  ["truncatedNormal", init.truncatedNormal(0.5), 0.5 * 0.8796256610342398],
])("%s has mean 0 and its deviation", (_, make, std) => {
  const found = spread(draw(make));
  expect(found.mean / std).toBeCloseTo(0, 1);
  expect(found.std / std).toBeGreaterThan(0.98);
  expect(found.std / std).toBeLessThan(1.02);
});

test.each([
  ["uniform", init.uniform(0.1), 0.1],
  ["xavierUniform", init.xavierUniform(), Math.sqrt(6 / 864)],
  ["heUniform", init.heUniform(), Math.sqrt(6 / 288)],
  ["torchDefault", init.torchDefault, 1 / Math.sqrt(288)],
  ["truncatedNormal", init.truncatedNormal(0.5, 1), 0.5],
])("%s fills its bound", (_, make, bound) => {
  expect(peak(draw(make)) / bound).toBeGreaterThan(0.999);
  expect(peak(draw(make)) / bound).toBeLessThanOrEqual(1.000001);
});

test("a mean moves the normal", () => {
  expect(spread(draw(init.normal(0.02, 1))).mean).toBeCloseTo(1, 3);
});

describe.each([
  ["wide", [6, 5, 2, 2]],
  ["tall", [12, 3]],
  ["square", [8, 8]],
])("orthogonal, %s", (_, of) => {
  test("has orthogonal vectors of length gain", () => {
    const rows = of[0]!;
    const cols = of.slice(1).reduce((a, b) => a * b, 1);
    const w = draw(init.orthogonal(1.5), of);
    const [count, length] = [Math.min(rows, cols), Math.max(rows, cols)];
    const at = (i: number, k: number) => (rows <= cols ? w[i * cols + k]! : w[k * cols + i]!);
    for (let i = 0; i < count; i++) {
      for (let j = 0; j <= i; j++) {
        let dot = 0;
        for (let k = 0; k < length; k++) dot += at(i, k) * at(j, k);
        expect(dot).toBeCloseTo(i === j ? 2.25 : 0, 5);
      }
    }
  });
});

test("transposed swaps the first two axes of what the initialiser sees", () => {
  const seen: Shape[] = [];
  const count: Initialiser = (_, of) => {
    seen.push(of);
    return Float32Array.from({ length: 12 }, (_, i) => i);
  };
  const swapped = init.transposed(count)(stream(1, "x"), [3, 2, 2]);
  expect(seen).toEqual([[2, 3, 2]]);
  expect([...swapped]).toEqual([0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11]);
  const twice = init.transposed(init.transposed(count))(stream(1, "x"), [3, 2, 2]);
  expect([...twice]).toEqual(Array.from({ length: 12 }, (_, i) => i));
});

test("a variable's first values depend on its stream only", () => {
  expect([...draw(init.orthogonal(), [3, 4])]).toEqual([...draw(init.orthogonal(), [3, 4])]);
});
