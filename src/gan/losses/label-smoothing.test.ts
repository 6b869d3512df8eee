import { expect, test } from "vitest";
import { array } from "../../../test/layers.ts";
import { grad } from "../../engine/autodiff/grad.ts";
import { input } from "../../engine/ir/leaves.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import { evaluate } from "../../engine/reference/evaluate.ts";
import { labelSmoothing } from "./label-smoothing.ts";
import { nonSaturating } from "./non-saturating.ts";

const logits = { real: input("real", [3]), fake: input("fake", [3]) };
/** σ = 9/10, 1/2 and 1/10. */
const [high, even, low] = [Math.log(9), 0, -Math.log(9)];
const at = { real: array([3], [high, even, low]), fake: array([3], [low, even, high]) };
const value = (y: Tensor, feeds = at) => evaluate([y], feeds)[0]!.data;

test("one-sided: cross-entropy with 0.9 on data and 0 on fakes, by hand", () => {
  // −0.9·ln D − 0.1·ln(1 − D) at D = 0.9, 0.5, 0.1, and −ln(1 − D) at 0.1, 0.5, 0.9.
  const onData = 0.325083 + Math.LN2 + 2.082863;
  const onFakes = 0.105361 + Math.LN2 + Math.LN10;
  const [loss] = value(labelSmoothing().discriminator(logits));
  expect(loss).toBeCloseTo((onData + onFakes) / 3, 5);
});

test("two-sided: the fakes' target enters their half alone", () => {
  // −0.2·ln D − 0.8·ln(1 − D) at D = 0.1, 0.5, 0.9.
  const onFakes = 0.544805 + Math.LN2 + 1.86314;
  const [loss] = value(labelSmoothing({ real: 1, fake: 0.2 }).discriminator(logits));
  expect(loss).toBeCloseTo((0.105361 + Math.LN2 + Math.LN10 + onFakes) / 3, 5);
});

test("the gradient vanishes where D is the target", () => {
  const feeds = { real: array([3], [high, high, high]), fake: array([3], [low, low, low]) };
  const loss = labelSmoothing({ real: 0.9, fake: 0.1 }).discriminator(logits);
  for (const slope of grad(loss, [logits.real, logits.fake])) {
    for (const v of value(slope, feeds)) expect(v).toBeCloseTo(0, 12);
  }
});

test("with hard targets it is the non-saturating loss", () => {
  const hard = labelSmoothing({ real: 1, fake: 0 });
  const plain = nonSaturating();
  for (const side of ["discriminator", "generator"] as const) {
    expect(value(hard[side](logits))[0]).toBeCloseTo(value(plain[side](logits))[0]!, 12);
  }
});
