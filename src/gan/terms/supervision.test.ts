import { expect, test } from "vitest";
import { array } from "../../../test/layers.ts";
import { grad } from "../../engine/autodiff/grad.ts";
import { input } from "../../engine/ir/leaves.ts";
import { evaluate } from "../../engine/reference/evaluate.ts";
import type { Duel } from "../duel.ts";
import { supervision } from "./supervision.ts";

const logits = input("logits", [2, 3]);
const batch = { few: input("few", [2, 1]), kind: input("kind", [2], "i32") };
const duel = { turn: { size: 2, batch } } as unknown as Duel;
const term = supervision({
  classify: (_, items) => (items === batch.few ? logits : input("other", [2, 3])),
  items: "few",
  label: "kind",
  weight: 3,
});
const feeds = {
  // Softmax 1/2, 1/4, 1/4 and 1/8, 5/8, 1/4.
  logits: array([2, 3], [2, 1, 1, 0.5, 2.5, 1].map(Math.log)),
  kind: { ...array([2], [0, 2]), dtype: "i32" as const },
};

test("weighted cross-entropy on the labelled items, by hand", () => {
  const { loss } = term.apply(duel, {});
  expect(evaluate([loss], feeds)[0]!.data[0]).toBeCloseTo((3 * Math.log(2 * 4)) / 2, 12);
});

test("its gradient is weight·(softmax − truth)/n", () => {
  const { loss } = term.apply(duel, {});
  const slope = evaluate(grad(loss, [logits]), feeds)[0]!;
  const expected = [1 / 2 - 1, 1 / 4, 1 / 4, 1 / 8, 5 / 8, 1 / 4 - 1].map((v) => 1.5 * v);
  expected.forEach((v, i) => {
    expect(slope.data[i]).toBeCloseTo(v, 12);
  });
});

test("it reads out the share of labels that are the largest logit", () => {
  const { readings } = term.apply(duel, {});
  expect(evaluate([readings!["d.right"]!.value], feeds)[0]!.data[0]).toBe(0.5);
});
