import { expect, test } from "vitest";
import { disagreement } from "../../test/optimisers.ts";
import { type RmsProp, rmsprop } from "./rmsprop.ts";

/** PyTorch's `RMSprop`, one element. */
const torch = (options: RmsProp) => () => {
  const { alpha = 0.99, eps = 1e-8, momentum = 0, centred = false, weightDecay = 0 } = options;
  let [v, m, b] = [0, 0, 0];
  return (p: number, gradient: number) => {
    const g = gradient + weightDecay * p;
    v = alpha * v + (1 - alpha) * g * g;
    m = alpha * m + (1 - alpha) * g;
    b = momentum * b + g / (Math.sqrt(centred ? v - m * m : v) + eps);
    return p - 0.01 * b;
  };
};

test.each<[string, Partial<RmsProp>]>([
  ["plain", {}],
  ["large eps, as outside the root shows", { eps: 0.1, alpha: 0.9 }],
  ["momentum with decay", { momentum: 0.9, weightDecay: 0.1 }],
  ["centred", { centred: true, eps: 1e-3, momentum: 0.5 }],
])("%s is PyTorch's", (_, options) => {
  const all = { rate: 0.01, ...options };
  expect(disagreement(rmsprop(all), torch(all))).toBeLessThan(1e-9);
});
