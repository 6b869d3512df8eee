import { expect, test } from "vitest";
import { tinyDuel } from "../../test/duel.ts";
import { claimsOf, gradientError } from "../../test/gradients.ts";
import { array } from "../../test/layers.ts";
import { grad } from "../engine/autodiff/grad.ts";
import { input } from "../engine/ir/leaves.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import { mul } from "../engine/ops/index.ts";
import { evaluate } from "../engine/reference/evaluate.ts";
import type { Duel } from "./duel.ts";
import { nonSaturating } from "./losses/non-saturating.ts";
import { wasserstein } from "./losses/wasserstein.ts";
import { unrolled } from "./unroll.ts";

/** One number an item, D(x) = w·x. */
const w = input("w", []);
const items = { real: input("real", [1]), fake: input("fake", [1]) };
const linear = {
  ...items,
  parameters: { discriminator: { w } },
  discriminate: (x: Tensor, { w }: { w: Tensor }) => mul(x, w),
} as unknown as Duel;
const logits = { real: mul(items.real, w), fake: mul(items.fake, w) };
const feeds = { w: array([], [2]), real: array([1], [3]), fake: array([1], [1]) };

test("by hand: w = 2 climbs by ½(real − fake) = 1 a step, and the generator sees the slope of that", () => {
  const loss = unrolled(wasserstein(), { steps: 3, rate: 0.5 }).generator(logits, linear);
  const [value, slope] = evaluate([loss, grad(loss, [items.fake])[0]!], feeds);
  // −(w + 3·½·(real − fake))·fake = −5; by fake: −w − 1.5·(real − 2·fake) = −3.5
  expect(value!.data[0]).toBeCloseTo(-5, 12);
  expect(slope!.data[0]).toBeCloseTo(-3.5, 12);
});

test("what takes the place of a loss is foreseen as well, under all that lay over it", () => {
  const two = unrolled(unrolled(nonSaturating(), { steps: 1, rate: 0.5 }), { steps: 2, rate: 0.5 });
  const taken = two.over!(wasserstein());
  expect(taken.id).toBe(wasserstein().id);
  const [value] = evaluate([taken.generator(logits, linear)], feeds);
  const inner = unrolled(wasserstein(), { steps: 1, rate: 0.5 });
  const whole = unrolled(inner, { steps: 2, rate: 0.5 });
  expect(value!.data[0]).toBe(evaluate([whole.generator(logits, linear)], feeds)[0]!.data[0]);
});

test("no steps leave the loss as it was", () => {
  const loss = unrolled(wasserstein(), { steps: 0, rate: 0.5 }).generator(logits, linear);
  expect(evaluate([loss], feeds)[0]!.data[0]).toBeCloseTo(-2, 12);
});

test("on nets, with a trunk: gradients of both sides match central differences", () => {
  const tiny = tinyDuel();
  const loss = unrolled(nonSaturating(), { steps: 2, rate: 0.3 });
  const y = loss.generator(tiny.duel.logits, tiny.duel);
  const by = [...tiny.parameters("g"), ...tiny.parameters("trunk"), ...tiny.parameters("d")];
  const [claim] = claimsOf(y, by);
  expect(gradientError({ claims: [claim!], feeds: tiny.feeds(4) }, 4)).toBeLessThan(1e-6);
  const plain = nonSaturating().generator(tiny.duel.logits);
  const [ahead, now] = evaluate([y, plain], tiny.feeds(4));
  expect(Math.abs(ahead!.data[0]! - now!.data[0]!)).toBeGreaterThan(1e-3);
});
