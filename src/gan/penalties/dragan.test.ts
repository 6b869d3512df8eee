import { expect, test } from "vitest";
import { array } from "../../../test/layers.ts";
import { input } from "../../engine/ir/leaves.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import { mul, square, sum } from "../../engine/ops/index.ts";
import { evaluate } from "../../engine/reference/evaluate.ts";
import type { Duel } from "../duel.ts";
import { dragan } from "./dragan.ts";

const real = input("real", [2, 1]);
/** First the direction in (0, 1), one a value, then the share of it, one an item. */
const draws = [input("direction", [2, 1]), input("share", [2, 1])];
const duelOf = (discriminate: (x: Tensor) => Tensor): Duel => {
  let next = 0;
  return {
    real,
    discriminate,
    turn: { size: 2, uniform: () => draws[next++]! },
  } as unknown as Duel;
};
/** Data ±2 have deviation 2: at direction 1 and −½, whole and half, they go to 3 and −2.25. */
const feeds = {
  real: array([2, 1], [2, -2]),
  direction: array([2, 1], [1, 0.25]),
  share: array([2, 1], [1, 0.5]),
};

test("by hand: D(x) = ½x² has slopes 3 and 2.25 there", () => {
  const half = (x: Tensor) => mul(sum(square(x), { axes: [1] }), 0.5);
  const { loss, readings } = dragan({ weight: 2 }).apply(duelOf(half), {});
  const [penalty, slope] = evaluate([loss, readings!["d.slope"]!.value], feeds);
  // 2·(2² + 1.25²)/2
  expect(penalty!.data[0]).toBeCloseTo(5.5625, 6);
  expect(slope!.data[0]).toBeCloseTo(2.625, 6);
});

test("a critic of slope 1 pays nothing", () => {
  const { loss } = dragan().apply(
    duelOf((x) => sum(x, { axes: [1] })),
    {},
  );
  expect(evaluate([loss], feeds)[0]!.data[0]).toBeCloseTo(0, 10);
});
