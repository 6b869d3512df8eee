import { expect, test } from "vitest";
import { constant } from "../../engine/ir/leaves.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import { add, mul, reshape } from "../../engine/ops/index.ts";
import { evaluate } from "../../engine/reference/evaluate.ts";
import { module } from "../../nn/module.ts";
import type { Duel } from "../duel.ts";
import { modeRegulariser } from "./mode-regulariser.ts";

/** E halves, G adds 1: the items 2 and 4 come back as 2 and 3; D scores an item with minus itself. */
const duel = {
  real: constant(Float64Array.of(2, 4), [2, 1]),
  turn: { call: (m: { net: (x: Tensor) => Tensor }, x: Tensor) => m.net(x) },
  generate: (z: Tensor) => add(z, 1),
  discriminate: (x: Tensor) => reshape(mul(x, -1), { shape: [2] }),
} as unknown as Duel;
const encoder = module("e", (x: Tensor) => mul(x, 0.5));

test("by hand: ½ of squared error and the log-loss of reconstructions, each by its weight", () => {
  const { loss, readings } = modeRegulariser({ encoder, distance: 10, score: 100 }).apply(duel, {});
  const [total, error] = evaluate([loss, readings!["g.reconstruction"]!.value], {});
  const unconvincing = (Math.log1p(Math.exp(2)) + Math.log1p(Math.exp(3))) / 2;
  expect(error!.data[0]).toBeCloseTo(0.5, 12);
  expect(total!.data[0]).toBeCloseTo(5 + 100 * unconvincing, 10);
});
