import { describe, expect, test } from "vitest";
import { disagreement, trajectory } from "../../test/optimisers.ts";
import { type Adam, adam } from "./adam.ts";
import { adamw } from "./adamw.ts";

/** PyTorch's `Adam` and `AdamW`, one element. */
const torch = (options: Adam & { decoupled?: boolean }) => () => {
  const { beta1 = 0.5, beta2 = 0.999, eps = 1e-8, weightDecay = 0, decoupled } = options;
  const [rate, b1, b2] = [options.rate ?? 2e-4, beta1, beta2] as [number, number, number];
  let [m, v] = [0, 0];
  return (old: number, gradient: number, t: number) => {
    const p = decoupled ? old * (1 - rate * weightDecay) : old;
    const g = decoupled ? gradient : gradient + weightDecay * old;
    m = b1 * m + (1 - b1) * g;
    v = b2 * v + (1 - b2) * g * g;
    const denominator = Math.sqrt(v) / Math.sqrt(1 - b2 ** t) + eps;
    return p - (rate / (1 - b1 ** t)) * (m / denominator);
  };
};

describe("PyTorch's values", () => {
  test.each<[string, Adam]>([
    ["the presets", {}],
    ["the paper's betas", { rate: 0.01, beta1: 0.9, beta2: 0.999 }],
    ["no first moment", { rate: 0.01, beta1: 0, beta2: 0.9 }],
    ["large eps, as outside the root shows", { rate: 0.01, eps: 0.1 }],
    ["L2", { rate: 0.01, weightDecay: 0.1 }],
  ])("adam, %s", (_, options) => {
    expect(disagreement(adam(options), torch(options))).toBeLessThan(1e-12);
  });

  test.each<[string, Adam]>([
    ["decay 0.01 when absent", { rate: 0.1, weightDecay: 0.01 }],
    ["strong decay", { rate: 0.1, beta1: 0, weightDecay: 0.5 }],
  ])("adamw, %s", (_, options) => {
    const { weightDecay, ...rest } = options;
    const optimiser = adamw(weightDecay === 0.01 ? rest : options);
    expect(disagreement(optimiser, torch({ ...options, decoupled: true }))).toBeLessThan(1e-12);
  });
});

test("the first step is rate·sign(g), whatever the betas", () => {
  const [first] = trajectory(adam({ rate: 0.1, beta1: 0.9 }));
  expect(first![0]).toBeCloseTo(1 - 0.1, 7);
  expect(first![1]).toBeCloseTo(-0.5 + 0.1, 7);
});

test("a beta that is scheduled to stay is a constant one; a moving one keeps weighted means", () => {
  const options = { rate: 0.01, beta1: 0.9, beta2: 0.99 };
  const scheduled = adam({ ...options, beta1: () => 0.9, beta2: () => 0.99 });
  expect(Object.keys(scheduled.schedules).sort()).toEqual(["beta1", "beta2", "rate"]);
  expect(disagreement(scheduled, torch(options))).toBeLessThan(1e-12);

  const moving = (t: number) => 0.9 + 0.01 * t;
  const formula = () => {
    let [weights, squares] = [0, 0];
    return (p: number, g: number, t: number) => {
      weights = moving(t) * weights + 1;
      squares = moving(t) * squares + g * g;
      return p - (0.01 * g) / (Math.sqrt(squares / weights) + 1e-8);
    };
  };
  const optimiser = adam({ rate: 0.01, beta1: 0, beta2: ({ step }) => moving(step + 1) });
  expect(disagreement(optimiser, formula)).toBeLessThan(1e-12);
});

test("state: two tensors a parameter, one without first moment, and scalars once", () => {
  expect(Object.keys(adam().slots([3]))).toEqual(["squares", "gradients"]);
  expect(Object.keys(adam({ beta1: 0 }).slots([3]))).toEqual(["squares"]);
  expect(Object.values(adam().shared!).map((s) => s.shape)).toEqual([[], []]);
});
