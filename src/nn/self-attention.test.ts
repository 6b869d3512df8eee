import { expect, test } from "vitest";
import { apply, array, layerError, noise, resultOf } from "../../test/layers.ts";
import { input } from "../engine/ir/leaves.ts";
import { type SelfAttention, selfAttention } from "./self-attention.ts";
import { spectralNorm } from "./spectral-norm.ts";

const x = noise([2, 4, 2, 4]);

test("begins as the identity", () => {
  const y = resultOf(selfAttention(), x);
  expect(y.shape).toEqual(x.shape);
  y.data.forEach((v, i) => {
    expect(v).toBe(x.data[i]);
  });
});

test("shapes: c/8 for queries and keys, c/2 for values, state for a weight transform", () => {
  const options = { weightTransform: spectralNorm() };
  const { variables } = apply((s) => selfAttention(options)(input("x", [1, 16, 4, 4]), s));
  const shapes = Object.fromEntries(variables.all().map((v) => [v.name.slice(4), v.shape]));
  expect(shapes).toMatchObject({
    "query.weight": [2, 16, 1, 1],
    "key.weight": [2, 16, 1, 1],
    "value.weight": [8, 16, 1, 1],
    "out.weight": [16, 8, 1, 1],
    "out.u": [16],
    gamma: [],
  });
});

test("two pixels by hand: weights are the softmax of query·key", () => {
  const layer = selfAttention({ pool: false, keyReduction: 1, valueReduction: 1 });
  const one = array([1, 1, 1, 1], [1]);
  const set = {
    "net.query.weight": one,
    "net.key.weight": array([1, 1, 1, 1], [2]),
    "net.value.weight": array([1, 1, 1, 1], [3]),
    "net.out.weight": one,
    "net.gamma": array([], [0.5]),
  };
  const pixels = [1, -0.5];
  const y = resultOf(layer, array([1, 1, 1, 2], pixels), { set });
  pixels.forEach((q, i) => {
    const scores = pixels.map((k) => Math.exp(q * 2 * k));
    const total = scores[0]! + scores[1]!;
    const gathered = pixels.reduce((a, v, j) => a + (scores[j]! / total) * 3 * v, 0);
    expect(y.data[i]).toBeCloseTo(q + 0.5 * gathered, 12);
  });
});

test.each<[string, SelfAttention]>([
  ["pooled", { keyReduction: 2 }],
  ["full, with bias", { keyReduction: 2, pool: false, bias: true }],
])("derivatives to second order, %s", (_, options) => {
  expect(layerError(selfAttention(options), x)).toBeLessThan(1e-6);
});
