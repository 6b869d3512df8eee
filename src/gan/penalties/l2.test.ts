import { expect, test } from "vitest";
import { tinyDuel } from "../../../test/duel.ts";
import { constant } from "../../engine/ir/leaves.ts";
import { evaluate } from "../../engine/reference/evaluate.ts";
import type { Duel } from "../duel.ts";
import { l2 } from "./l2.ts";

test("by hand: 2·(3² + 4² + 1²), biases and gains aside", () => {
  const discriminator = {
    "d.a.weight": constant(Float64Array.of(3, -4), [2]),
    "d.b.weight": constant(Float64Array.of(1), [1]),
    "d.b.bias": constant(Float64Array.of(7), [1]),
    "d.c.gain": constant(Float64Array.of(7), [1]),
  };
  const duel = { parameters: { discriminator } } as unknown as Duel;
  const [value] = evaluate([l2({ weight: 2 }).apply(duel, {}).loss], {});
  expect(value!.data[0]).toBeCloseTo(52, 12);
});

test("the discriminator's trunk counts, the generator does not", () => {
  const tiny = tinyDuel();
  const { loss } = l2({ weight: 1 }).apply(tiny.duel, {});
  const feeds = tiny.feeds(2);
  const weights = Object.entries(feeds).filter(([name]) => /^(trunk|d)\..*weight$/.test(name));
  expect(weights).toHaveLength(2);
  const total = weights.flatMap(([, { data }]) => [...data]).reduce((a, v) => a + v * v, 0);
  expect(evaluate([loss], feeds)[0]!.data[0]).toBeCloseTo(total, 10);
});
