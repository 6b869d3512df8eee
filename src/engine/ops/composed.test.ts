import { describe, expect, test } from "vitest";
import { gradientError, providerError } from "../../../test/contracts/op.ts";
import { grad } from "../autodiff/grad.ts";
import { input } from "../ir/leaves.ts";
import type { Tensor } from "../ir/tensor.ts";
import type { Shape } from "../ir/type.ts";
import { evaluate } from "../reference/evaluate.ts";
import type { NdArray } from "../reference/ndarray.ts";
import { nodeCpu } from "../run/node-cpu.ts";
import * as ops from "./index.ts";

const provider = await nodeCpu({ threads: 1 });

const array = (data: readonly number[], shape: Shape = [data.length]): NdArray => ({
  shape,
  dtype: "f32",
  data: Float64Array.from(data, Math.fround),
});

/** Functions that are no records, each with its value at these points by its own formula. */
const points = [-1.7, -0.6, 0.3, 1.2];
const softplus = (v: number) => Math.log(1 + Math.exp(v));
const elementwise: [string, (x: Tensor) => Tensor, (v: number) => number][] = [
  ["square", ops.square, (v) => v * v],
  ["reciprocal", ops.reciprocal, (v) => 1 / v],
  ["rsqrt of a square", (x) => ops.rsqrt(ops.square(x)), (v) => 1 / Math.abs(v)],
  ["power of a square", (x) => ops.power(ops.square(x), x), (v) => (v * v) ** v],
  ["logSigmoid", ops.logSigmoid, (v) => -softplus(-v)],
  ["silu", ops.silu, (v) => v / (1 + Math.exp(-v))],
  ["hardtanh", ops.hardtanh, (v) => Math.min(1, Math.max(-1, v))],
  ["elu", (x) => ops.elu(x, { alpha: 0.7 }), (v) => (v > 0 ? v : 0.7 * (Math.exp(v) - 1))],
  ["selu", ops.selu, (v) => 1.0507009873554805 * (v > 0 ? v : 1.6732632423543772 * Math.expm1(v))],
];

describe.each(elementwise)("%s", (_, f, formula) => {
  const feeds = { x: array(points), ct: array([0.3, -1, 0.8, 0.5]), u: array([1, -0.4, 0.6, -1]) };
  const [x, ct, u] = [input("x", [4]), input("ct", [4]), input("u", [4])];
  const y = ops.sum(ops.mul(f(x), ct));
  const first = grad(y, [x]);
  const g = ops.sum(ops.mul(first[0]!, u));
  const second = grad(g, [x, ct]);

  test("has the value of its formula", () => {
    const [value] = evaluate([f(x)], feeds);
    value!.data.forEach((v, i) => {
      expect(v).toBeCloseTo(formula(feeds.x.data[i]!), 12);
    });
  });

  test("differentiates twice and runs", async () => {
    const claims = [
      { y, by: [x], gradients: first },
      { y: g, by: [x, ct], gradients: second },
    ];
    const outputs = { y, first: first[0]!, second: second[0]! };
    expect(gradientError({ feeds, claims }, 1)).toBeLessThan(1e-6);
    expect(await providerError({ outputs, feeds, claims }, provider)).toBeLessThan(1e-5);
  });
});

test("gelu at points from a table of the normal distribution", () => {
  const [value] = evaluate([ops.gelu(input("x", [3]))], { x: array([-1, 0.5, 2]) });
  // x Φ(x) with Φ(−1) = 0.158655253931, Φ(½) = 0.691462461274, Φ(2) = 0.977249868052
  [-0.158655253931, 0.345731230637, 1.954499736104].forEach((want, i) => {
    expect(value!.data[i]).toBeCloseTo(want, 10);
  });
});

describe("reductions", () => {
  const x = input("x", [2, 3]);
  const feeds = { x: array([1, 2, 6, -1, 0, 4], [2, 3]) };
  const numbers = (t: Tensor) => Array.from(evaluate([t], feeds)[0]!.data);

  test("mean and variance", () => {
    expect(numbers(ops.mean(x))).toEqual([2]);
    expect(numbers(ops.mean(x, { axes: [1] }))).toEqual([3, 1]);
    expect(numbers(ops.variance(x, { axes: [1] }))[0]).toBeCloseTo(14 / 3, 12);
    expect(ops.variance(x, { axes: [0], keep: true }).shape).toEqual([1, 3]);
  });

  test("logSumExp is stable, and its gradient is softmax", () => {
    const far = { x: array([1000, 1001, -2000, -1000, -1001, -1000], [2, 3]) };
    const y = ops.logSumExp(x, { axes: [-1] });
    const [g] = grad(ops.sum(y), [x]);
    const [value, slope, weights] = evaluate([y, g!, ops.softmax(x)], far);
    expect(value!.data[0]).toBeCloseTo(1001 + Math.log1p(Math.exp(-1)), 10);
    weights!.data.forEach((w, i) => {
      expect(slope!.data[i]).toBeCloseTo(w, 12);
    });
  });

  test("the norm of a zero vector is tiny and has gradient 0, unless eps is 0", () => {
    const zero = { x: array([0, 0, 0, 0, 0, 0], [2, 3]) };
    const slope = (eps?: number) =>
      grad(ops.sum(ops.norm(x, { axes: [1], ...(eps !== undefined && { eps }) })), [x])[0]!;
    const [value, safe, exact] = evaluate([ops.norm(x), slope(), slope(0)], zero);
    expect(value!.data[0]).toBe(1e-6);
    expect(Array.from(safe!.data)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(exact!.data[0]).toBeNaN();
    expect(numbers(ops.norm(x))[0]).toBeCloseTo(Math.sqrt(58), 10);
  });
});

/** Where the derivative jumps, PyTorch's choice; on the runtime's float32 kernels too. */
describe("at a kink", () => {
  const kinks: [string, (x: Tensor) => Tensor, number[], number[]][] = [
    ["abs", ops.abs, [-2, 0, 2], [-1, 0, 1]],
    ["sign", ops.sign, [-2, 0, 2], [0, 0, 0]],
    ["step", (x) => ops.step(x), [-2, 0, 2], [0, 0, 0]],
    ["relu", ops.relu, [-2, 0, 2], [0, 0, 1]],
    ["leakyRelu", (x) => ops.leakyRelu(x, { alpha: 0.25 }), [-2, 0, 2], [0.25, 0.25, 1]],
    ["elu", (x) => ops.elu(x, { alpha: 2 }), [0, 2], [2, 1]],
    ["clip", (x) => ops.clip(x, { min: -1, max: 1 }), [-2, -1, 0, 1, 2], [0, 1, 1, 1, 0]],
    ["maximum with itself shifted", (x) => ops.maximum(x, 1), [0, 1, 2], [0, 0.5, 1]],
    ["minimum", (x) => ops.minimum(x, 1), [0, 1, 2], [1, 0.5, 0]],
    ["max with ties", (x) => ops.max(x), [3, 1, 3, 3], [1 / 3, 0, 1 / 3, 1 / 3]],
    ["min with ties", (x) => ops.min(x), [1, 3, 1, 2], [0.5, 0, 0.5, 0]],
  ];
  test.each(kinks)("%s", async (_, f, at, want) => {
    const x = input("x", [at.length]);
    const [g] = grad(ops.sum(f(x)), [x]);
    const traced = { outputs: { y: f(x), g: g! }, feeds: { x: array(at) }, claims: [] };
    expect(Array.from(evaluate([g!], traced.feeds)[0]!.data)).toEqual(want);
    expect(await providerError(traced, provider)).toBeLessThan(1e-6);
  });

  test("both sides of a tie get a half", () => {
    const [a, b] = [input("a", [1]), input("b", [1])];
    for (const f of [ops.maximum, ops.minimum]) {
      const halves = evaluate(grad(f(a, b), [a, b]), { a: array([2]), b: array([2]) });
      expect(halves.map((h) => h.data[0])).toEqual([0.5, 0.5]);
    }
  });

  test("equal elements rank by position", async () => {
    const x = input("x", [5]);
    const feeds = { x: array([2, 1, 2, 1, 2]) };
    const outputs = {
      largest: ops.argMax(x),
      smallest: ops.argMin(x),
      top: ops.topKIndices(x, { k: 4 }),
      bottom: ops.topKIndices(x, { k: 3, largest: false }),
    };
    const values = evaluate(Object.values(outputs), feeds).map((v) => Array.from(v.data));
    expect(values).toEqual([[0], [1], [0, 2, 4, 1], [1, 3, 0]]);
    expect(await providerError({ outputs, feeds, claims: [] }, provider)).toBe(0);
  });
});

test("far from 0 nothing overflows", async () => {
  const x = input("x", [6]);
  const { softplus, logSigmoid, sigmoid, tanh, silu, gelu, elu } = ops;
  const functions = { softplus, logSigmoid, sigmoid, tanh, silu, gelu, elu };
  const outputs: Record<string, Tensor> = {};
  for (const [name, f] of Object.entries(functions)) {
    outputs[name] = f(x);
    outputs[`d${name}`] = grad(ops.sum(outputs[name]), [x])[0]!;
  }
  const feeds = { x: array([-1e4, -200, -80, 80, 200, 1e4]) };
  expect(await providerError({ outputs, feeds, claims: [] }, provider)).toBeLessThan(1e-5);
});
