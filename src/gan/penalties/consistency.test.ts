import { expect, test } from "vitest";
import { tinyDuel } from "../../../test/duel.ts";
import { array } from "../../../test/layers.ts";
import { input } from "../../engine/ir/leaves.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import { mul, sum } from "../../engine/ops/index.ts";
import { evaluate } from "../../engine/reference/evaluate.ts";
import type { Duel } from "../duel.ts";
import { balancedConsistency } from "./balanced-consistency.ts";
import { consistency } from "./consistency.ts";
import { latentConsistency, nearby } from "./latent-consistency.ts";

const shape = [2, 1, 2, 2];
const discriminate = (x: Tensor) => sum(x, { axes: [1, 2, 3] });
const sides = { real: input("x", shape), fake: input("y", shape) };
const duel = {
  ...sides,
  discriminate,
  logits: { real: discriminate(sides.real), fake: discriminate(sides.fake) },
} as unknown as Duel;
const feeds = {
  x: array(shape, [1, 1, 1, 1, 0, 0, 0, 1]),
  y: array(shape, [2, 0, 0, 0, 1, 1, 0, 0]),
};
const measured = (loss: Tensor) => evaluate([loss], feeds)[0]!.data[0]!;

/** A change that doubles an item moves its score by the score: 4, 1 of the data; 2, 2 of the fakes. */
const by = (x: Tensor) => mul(x, 2);

test("CR is the mean squared change of the scores of data", () => {
  expect(measured(consistency({ weight: 3, by }).apply(duel, {}).loss)).toBe((3 * (16 + 1)) / 2);
});

test("bCR is that of both sides", () => {
  const { loss } = balancedConsistency({ weight: 3, by }).apply(duel, {});
  expect(measured(loss)).toBe((3 * (16 + 1)) / 2 + (3 * (4 + 4)) / 2);
});

test.each([consistency(), balancedConsistency()])("$id is for images", (term) => {
  expect(() => term.apply(tinyDuel([2]).duel, {})).toThrow(/ITEMS/);
});

test("zCR compares scores of fakes and of fakes beside them, augmented or not", () => {
  const tiny = tinyDuel();
  const { duel: own } = tiny;
  const { loss } = latentConsistency({ weight: 1 }).apply(own, {});
  const [value, made, near] = evaluate(
    [loss, own.discriminate(own.made), own.discriminate(nearby(own))],
    tiny.feeds(),
  );
  const squares = made!.data.map((v, i) => (v - near!.data[i]!) ** 2);
  const expected = squares.reduce((a, b) => a + b, 0) / squares.length;
  expect(expected).toBeGreaterThan(0);
  expect(value!.data[0]).toBeCloseTo(expected, 12);
});
