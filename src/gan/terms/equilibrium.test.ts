import { expect, test } from "vitest";
import { constant } from "../../engine/ir/leaves.ts";
import { evaluate } from "../../engine/reference/evaluate.ts";
import type { Duel } from "../duel.ts";
import { equilibrium, reconstruction } from "./equilibrium.ts";

/** Errors 0.5 on data and 0.1 on fakes. */
const logits = {
  real: constant(Float64Array.of(-0.4, -0.6), [2]),
  fake: constant(Float64Array.of(-0.1, -0.1), [2]),
};
const at = (k: number, gain = 0.2) => {
  const term = equilibrium({ diversity: 0.4, gain });
  const { loss, readings, state } = term.apply({ logits } as unknown as Duel, {
    balance: constant(k, []),
  });
  const tensors = [loss, readings!["d.convergence"]!.value, state!.balance!];
  return evaluate(tensors, {}).map((v) => v.data[0]!);
};

test("by hand: fakes are weighed by the balance, which rises as they are too good", () => {
  const [loss, convergence, balance] = at(0.5);
  expect(loss).toBeCloseTo(-0.05, 12);
  // γ·0.5 − 0.1 = 0.1 off balance
  expect(convergence).toBeCloseTo(0.6, 12);
  expect(balance).toBeCloseTo(0.52, 12);
});

test("the balance stays within 0 and 1", () => {
  expect(at(0.99)[2]).toBe(1);
  expect(at(0, -1)[2]).toBe(0);
});

test("both players' losses are errors of reconstruction", () => {
  const { discriminator, generator } = reconstruction();
  const [d, g] = evaluate([discriminator(logits), generator(logits)], {});
  expect(d!.data[0]).toBeCloseTo(0.5, 12);
  expect(g!.data[0]).toBeCloseTo(0.1, 12);
});
