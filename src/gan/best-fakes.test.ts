import { expect, test } from "vitest";
import { array } from "../../test/layers.ts";
import { grad } from "../engine/autodiff/grad.ts";
import { constant, input } from "../engine/ir/leaves.ts";
import { evaluate } from "../engine/reference/evaluate.ts";
import { bestOnly, narrowing, onBestFakes } from "./best-fakes.ts";
import type { Duel } from "./duel.ts";
import { leastSquares } from "./losses/least-squares.ts";

const fake = input("f", [4]);
const real = input("r", [4]);
const feeds = { f: array([4], [0.5, -1, 2, 0]), r: array([4], [1, 1, 1, 1]) };
const slopes = (share: number) => {
  const turn = { scalar: () => constant(share, []) };
  const loss = onBestFakes(leastSquares(), share);
  const value = loss.generator({ real, fake }, { turn } as unknown as Duel);
  const [slope, at] = evaluate([...grad(value, [fake]), value], feeds);
  return { slope: [...slope!.data].map((v) => v + 0), at: at!.data[0]! };
};

test("the gradient is that of the mean over the best; the value is that over all", () => {
  // ½(s − 1)²: slopes s − 1 of 0.5, −1, 2, 0, over two and over four.
  expect(slopes(0.5).slope).toEqual([-0.25, 0, 0.5, 0]);
  expect(slopes(1).slope).toEqual([-0.125, -0.5, 0.25, -0.25]);
  expect(slopes(0.5).at).toBeCloseTo(slopes(1).at, 12);
  expect(slopes(0.01).slope).toEqual([0, 0, 1, 0]);
});

test("the share narrows once in a while, down to the least", () => {
  const share = narrowing({ factor: 0.9, least: 0.85, every: 10 });
  expect([0, 9, 10, 19, 20].map((step) => share({ step, images: 0 }))).toEqual([
    1, 1, 0.9, 0.9, 0.85,
  ]);
});

test("needs one score an item", () => {
  const classes = input("c", [4, 11]);
  const turn = { scalar: () => constant(1, []) };
  const loss = onBestFakes(leastSquares(), 0.5);
  const duel = { turn } as unknown as Duel;
  expect(() => loss.generator({ real: classes, fake: classes }, duel)).toThrow(/one score/);
  expect(bestOnly(fake, constant(1, [])).shape).toEqual([4]);
});
