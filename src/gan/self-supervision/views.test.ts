import { expect, test } from "vitest";
import { constant } from "../../engine/ir/leaves.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import { evaluate } from "../../engine/reference/evaluate.ts";
import { labelAugmentation } from "./label-augmentation.ts";
import { inParts, mirrored, quarterTurns, viewOf } from "./views.ts";

const read = (t: Tensor) => Array.from(evaluate([t], {})[0]!.data);

test("a picture turned by hand, anticlockwise; four turns are none", () => {
  const x = constant([1, 2, 3, 4], [1, 1, 2, 2]);
  expect(read(quarterTurns[1]!(x))).toEqual([2, 4, 1, 3]);
  expect(read(quarterTurns[2]!(x))).toEqual([4, 3, 2, 1]);
  expect(read(quarterTurns[3]!(quarterTurns[1]!(x)))).toEqual([1, 2, 3, 4]);
});

test("each part of the batch is shown by its own view", () => {
  const x = constant([1, 2, 3, 4], [4, 1]);
  expect(read(inParts(x, mirrored))).toEqual([1, 2, -3, -4]);
  expect(read(viewOf(4, mirrored))).toEqual([0, 0, 1, 1]);
});

test("a batch that does not divide, and pictures that are not square, are refused", () => {
  expect(() => inParts(constant([1, 2, 3], [3, 1]), mirrored)).toThrow(/GAME/);
  expect(() => quarterTurns[1]!(constant([1, 2], [1, 1, 1, 2]))).toThrow(/SHAPE/);
});

test("the loss by hand: labels 0 and 1 are views of data, 2 and 3 of fakes", () => {
  const { loss, logits } = labelAugmentation(mirrored);
  expect(logits).toBe(4);
  const sure = (label: number[]) =>
    constant(
      label.flatMap((c) => [0, 1, 2, 3].map((k) => (k === c ? 2 : 0))),
      [label.length, 4],
    );
  const right = Math.log(3 + Math.exp(2)) - 2;
  const duel = { real: sure([0, 1]), fake: sure([2, 3]) };
  expect(read(loss.discriminator(duel))[0]).toBeCloseTo(2 * right, 12);
  // Taken for fakes: 2 nats more surprise at "data" than at "fake".
  expect(read(loss.generator(duel))[0]).toBeCloseTo(2, 12);
});
