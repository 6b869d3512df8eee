import { expect, test } from "vitest";
import { apply, array, layerError, noise, resultOf, stateAfter } from "../../test/layers.ts";
import { grad } from "../engine/autodiff/grad.ts";
import { input } from "../engine/ir/leaves.ts";
import { sum, tanh } from "../engine/ops/index.ts";
import { evaluate } from "../engine/reference/evaluate.ts";
import type { NdArray } from "../engine/reference/ndarray.ts";
import { conv } from "./conv.ts";
import { convTranspose } from "./conv-transpose.ts";
import { linear } from "./linear.ts";
import { spectralNorm } from "./spectral-norm.ts";

const normed = (options = {}) => linear(2, { bias: false, weightTransform: spectralNorm(options) });

// [[3, 0], [4, 5]] has singular values √45 and √5.
const known = { "net.weight": array([2, 2], [3, 0, 4, 5]) };
const identity = array([2, 2], [1, 0, 0, 1]);

test("σ converges to the largest singular value", () => {
  const y = resultOf(normed({ iterations: 30 }), identity, { set: known });
  // x = I gives Wᵀ/σ.
  [3, 4, 0, 5].forEach((w, i) => {
    expect(y.data[i]).toBeCloseTo(w / Math.sqrt(45), 10);
  });
});

test("one iteration a step, kept in u and v, converges too, and inference uses what was kept", () => {
  let state: Record<string, NdArray> = {};
  for (let step = 0; step < 30; step++) {
    state = stateAfter(normed(), identity, { ...known, ...state });
  }
  expect(Math.hypot(...state["net.u"]!.data)).toBeCloseTo(1, 12);
  const y = resultOf(normed(), identity, { training: false, set: { ...known, ...state } });
  expect(y.data[3]).toBeCloseTo(5 / Math.sqrt(45), 10);
});

test("one step is PyTorch's: v ← Wᵀu, u ← Wv, both made unit, σ = uᵀWv", () => {
  const start = { ...known, "net.u": array([2], [1, 0]), "net.v": array([2], [0, 1]) };
  const state = stateAfter(normed(), identity, start);
  expect([...state["net.v"]!.data]).toEqual([1, 0]);
  expect(state["net.u"]!.data[0]).toBeCloseTo(3 / 5, 12);
  expect(state["net.u"]!.data[1]).toBeCloseTo(4 / 5, 12);
  expect(resultOf(normed(), identity, { set: start }).data[0]).toBeCloseTo(3 / 5, 12);
});

test("a transposed convolution is read with its output channels as rows", () => {
  const x = input("x", [1, 3, 1, 1]);
  const options = { kernel: 2, weightTransform: spectralNorm() };
  const shapes = (build: Parameters<typeof apply>[0]) =>
    Object.fromEntries(
      apply(build)
        .variables.all()
        .map((v) => [v.name, v.shape]),
    );
  expect(shapes((s) => convTranspose(5, options)(x, s))).toMatchObject({
    "net.u": [5],
    "net.v": [12],
  });
  expect(shapes((s) => conv(5, { ...options, pad: 1 })(x, s))).toMatchObject({
    "net.u": [5],
    "net.v": [12],
  });
});

test("derivatives to second order, u and v being data", () => {
  const options = { training: false };
  const w = { weightTransform: spectralNorm() };
  expect(layerError(linear(3, w), noise([2, 4]), options)).toBeLessThan(1e-6);
  const up = convTranspose(2, { kernel: 2, ...w });
  expect(layerError(up, noise([1, 2, 2, 2]), options)).toBeLessThan(1e-6);
});

test("in training no gradient flows through the iteration", () => {
  const gradient = (training: boolean, set: Record<string, NdArray>) => {
    const x = input("x", [2, 2]);
    const { y, feeds, parameters } = apply((scope) => normed()(x, scope), { training });
    return evaluate(grad(sum(tanh(y)), parameters), { ...feeds, x: identity, ...set })[0]!.data;
  };
  const after = { ...known, ...stateAfter(normed(), identity, known) };
  const [moving, still] = [gradient(true, known), gradient(false, after)];
  moving.forEach((v, i) => {
    expect(v).toBeCloseTo(still[i]!, 12);
  });
});
