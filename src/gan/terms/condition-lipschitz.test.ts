import { expect, test } from "vitest";
import { input } from "../../engine/ir/leaves.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import { concat, mul } from "../../engine/ops/index.ts";
import { evaluate } from "../../engine/reference/evaluate.ts";
import { Trace } from "../../nn/trace.ts";
import { Variables } from "../../nn/variables.ts";
import { emptyInputs, makeTurn } from "../../train/tick.ts";
import type { Duel } from "../duel.ts";
import { type ConditionLipschitz, conditionLipschitz } from "./condition-lipschitz.ts";

/** The term on a generator that is 3·y beside 4·y, of slope 5 everywhere. */
function termOf(options: Partial<ConditionLipschitz>): number {
  const inputs = emptyInputs("");
  const variables = new Variables();
  const trace = new Trace(variables, { training: true });
  trace.useKey(inputs.key);
  const turn = makeTurn({ trace, variables, size: 4, fields: {}, inputs, suffix: "" });
  const label = input("label", [4, 1]);
  const generate = (_: Tensor, y: Tensor = label) => concat([mul(y, 3), mul(y, 4)], { axis: 1 });
  const duel = { turn, label, codes: label, generate } as unknown as Duel;
  const { loss } = conditionLipschitz({ weight: 2, reach: 0.1, ...options }).apply(duel, {});
  const given = { dtype: "f32" as const, shape: [4, 1], data: Float64Array.of(-1, 0, 0.3, 1) };
  const scalar = (v: number, dtype: "f32" | "i32") => ({
    dtype,
    shape: [],
    data: Float64Array.of(v),
  });
  const feeds = {
    label: given,
    key: scalar(7, "i32"),
    "scalar.condition-lipschitz": scalar(2, "f32"),
  };
  return evaluate([loss], feeds)[0]!.data[0]!;
}

test("a straight generator by hand: weight · (5 − K)², wherever it is asked", () => {
  for (const everywhere of [false, true]) {
    expect(termOf({ everywhere })).toBeCloseTo(2 * 25, 1);
    expect(termOf({ everywhere, slope: 2 })).toBeCloseTo(2 * 9, 1);
  }
});

test("slopes up to the bound cost nothing", () => {
  expect(termOf({ slope: 6 })).toBe(0);
});
