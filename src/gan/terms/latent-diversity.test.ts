import { expect, test } from "vitest";
import { tinyDuel } from "../../../test/duel.ts";
import { claimsOf, gradientError } from "../../../test/gradients.ts";
import { evaluate } from "../../engine/reference/evaluate.ts";
import { latentDiversity } from "./latent-diversity.ts";

test("is below 0, larger further away, and its gradients match differences", () => {
  const tiny = tinyDuel();
  const [near] = evaluate([latentDiversity().apply(tiny.duel, {}).loss], tiny.feeds());
  const wide = tinyDuel();
  const { loss } = latentDiversity({ radius: 0.5 }).apply(wide.duel, {});
  const [far] = evaluate([loss], wide.feeds());
  expect(near!.data[0]).toBeLessThan(0);
  expect(far!.data[0]).toBeLessThan(10 * near!.data[0]!);
  const claims = claimsOf(loss, wide.parameters("g"));
  expect(gradientError({ claims, feeds: wide.feeds(3) }, 3)).toBeLessThan(2e-6);
});
