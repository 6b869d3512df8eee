import { expect, test } from "vitest";
import { input } from "../../engine/ir/leaves.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import { mul, reshape, square, sum } from "../../engine/ops/index.ts";
import { evaluate } from "../../engine/reference/evaluate.ts";
import type { Duel } from "../duel.ts";
import type { Turn } from "../game.ts";
import { maxGradient } from "./max-gradient.ts";

const points = (values: number[]) => ({
  shape: [values.length / 2, 2],
  dtype: "f32" as const,
  data: Float64Array.from(values),
});

/** A duel whose segments are cut in the middle and whose critic is given. */
const duel = (discriminate: (items: Tensor) => Tensor): Duel =>
  ({
    real: input("real", [2, 2]),
    fake: input("fake", [2, 2]),
    turn: { size: 2, uniform: (shape: number[]) => mul(input("u", shape), 1) } as unknown as Turn,
    discriminate,
  }) as unknown as Duel;

const feeds = {
  real: points([0, 0, 6, 8]),
  fake: points([2, 0, 0, 0]),
  u: { shape: [2, 1], dtype: "f32" as const, data: Float64Array.from([0.5, 0.5]) },
};

test("D(x) = ½‖x‖² has slope x: at the middles (1,0) and (3,4) the steepest is 5, squared 25", () => {
  const half = (x: Tensor) => mul(sum(square(x), { axes: [1] }), 0.5);
  const { loss, readings } = maxGradient({ weight: 2 }).apply(duel(half), {});
  const [penalty, steepest] = evaluate([loss, readings!["d.steepest"]!.value], feeds);
  expect(penalty!.data[0]).toBeCloseTo(50, 10);
  expect(steepest!.data[0]).toBeCloseTo(5, 10);
});

test("a linear critic D(x) = 3x₁ − 4x₂ has one slope: 5 everywhere; weight 0.1 when absent", () => {
  const linear = (x: Tensor) => reshape(sum(mul(x, weights), { axes: [1] }), { shape: [2] });
  const weights = input("w", [1, 2]);
  const { loss } = maxGradient().apply(duel(linear), {});
  const [penalty] = evaluate([loss], { ...feeds, w: points([3, -4]) });
  expect(penalty!.data[0]).toBeCloseTo(2.5, 10);
});
