import { expect, test } from "vitest";
import { tinyDuel } from "../../test/duel.ts";
import { claimsOf, gradientError } from "../../test/gradients.ts";
import { array } from "../../test/layers.ts";
import { input } from "../engine/ir/leaves.ts";
import { mean, mul } from "../engine/ops/index.ts";
import { evaluate } from "../engine/reference/evaluate.ts";
import { latentOptimisation, naturalStep } from "./latent-optimisation.ts";

test("the step is α·g/(β + ‖g‖²) of each code", () => {
  const g = input("g", [2, 2]);
  const [step] = evaluate([naturalStep(g, 0.9, 5)], { g: array([2, 2], [3, 4, 0, 0]) });
  expect([...step!.data]).toEqual([0.9 * 0.1, (0.9 * 4) / 30, 0, 0]);
});

test("codes climb the score, those that are chosen, within [−1, 1]", () => {
  const tiny = tinyDuel();
  const { duel } = tiny;
  const small = mul(duel.codes, 0.05);
  const { refine } = latentOptimisation({ rate: 0.01, damping: 1, share: 1 });
  const moved = refine(small, duel);
  const scores = [small, moved].map((z) => duel.discriminate(duel.generate(z)));
  const [before, after, codes] = evaluate([...scores, moved], tiny.feeds());
  for (const [i, v] of before!.data.entries()) expect(after!.data[i]).toBeGreaterThan(v);
  for (const v of codes!.data) expect(Math.abs(v)).toBeLessThanOrEqual(1);
  const other = tinyDuel();
  const none = latentOptimisation({ share: 0 }).refine(mul(other.duel.codes, 0.05), other.duel);
  const [kept, drawn] = evaluate([none, mul(other.duel.codes, 0.05)], other.feeds());
  expect([...kept!.data]).toEqual([...drawn!.data]);
});

test("gradients of both nets pass through the step, twice", () => {
  const tiny = tinyDuel();
  const { duel } = tiny;
  // Small codes and steps stay off the bounds, where a difference would see a corner.
  const { refine } = latentOptimisation({ rate: 0.1, damping: 1, share: 1 });
  const score = mean(duel.discriminate(duel.generate(refine(mul(duel.codes, 0.05), duel))));
  const by = ["g", "trunk", "d"].flatMap((name) => tiny.parameters(name));
  const claims = claimsOf(score, by);
  expect(gradientError({ claims, feeds: tiny.feeds(3) }, 3)).toBeLessThan(2e-6);
});
