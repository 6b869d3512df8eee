import { expect, test } from "vitest";
import { array, resultOf, stateAfter } from "../../test/layers.ts";
import { constant } from "../engine/ir/leaves.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import type { Scope } from "../nn/trace.ts";
import { guessedClass } from "./guessed-class.ts";

const ints = (values: number[]) => constant(Int32Array.from(values), [values.length], "i32");

/** Guesses by logits, where the third item is known to be of class 0. */
const guessing = (like: number[]) => (logits: Tensor, scope: Scope) =>
  guessedClass(0.5)({ logits, known: ints([-1, -1, 0, -1]), like: ints(like) }, scope);

const logits = array([4, 3], [2, 1, 0, 0, 3, 2.9, 0, 0, 1, 1, 5, 0]);
const lean = (values: number[]) => ({ "net.lean": array([3], values) });

test("the likeliest class, but the known one where it is known", () => {
  expect(Array.from(resultOf(guessing([0, 1]), logits).data)).toEqual([0, 1, 0, 1]);
});

test("a class that is guessed too rarely is leant towards, in the next step", () => {
  // Guessed 0, 1, 2, 1 where a half should be 2 and a half 0: ½·([½, 0, ½] − [¼, ½, ¼]).
  const after = stateAfter(guessing([2, 0]), logits);
  expect(Object.keys(after)).toEqual(["net.lean"]);
  expect(Array.from(after["net.lean"]!.data)).toEqual([0.125, -0.25, 0.125]);
  const next = resultOf(guessing([2, 0]), logits, { set: lean([0.125, -0.25, 0.125]) });
  expect(Array.from(next.data)).toEqual([0, 2, 0, 1]);
});

test("nothing is learnt of where a trained net is asked", () => {
  const asked = resultOf(guessing([2]), logits, { training: false, set: lean([0, 0, 9]) });
  expect(Array.from(asked.data)).toEqual([2, 2, 0, 2]);
});
