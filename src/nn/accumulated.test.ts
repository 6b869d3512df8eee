import { expect, test } from "vitest";
import { gradients, start, trajectory } from "../../test/optimisers.ts";
import { accumulated } from "./accumulated.ts";
import { adam } from "./adam.ts";
import { sgd } from "./sgd.ts";

test("of one move it is the optimiser itself", () => {
  const own = () => adam({ rate: 0.1 });
  expect(trajectory(accumulated(own(), 1))).toEqual(trajectory(own()));
});

test("it stands still and then moves by the mean gradient", () => {
  const steps = trajectory(accumulated(sgd({ rate: 0.1 }), 2));
  const mean = (a: number, i: number) => (gradients[a]![i]! + gradients[a + 1]![i]!) / 2;
  const once = start.map((p, i) => p - 0.1 * mean(0, i));
  const twice = once.map((p, i) => p - 0.1 * mean(2, i));
  [start, once, once, twice, twice].forEach((expected, step) => {
    for (const [i, p] of expected.entries()) expect(steps[step]![i]).toBeCloseTo(p, 12);
  });
});

test("moments and their corrections move when the parameters do", () => {
  // Adam's first move is the rate, whatever the gradient: after 3 moves and not before.
  const steps = trajectory(accumulated(adam({ rate: 0.1, beta1: 0.5, eps: 0 }), 3));
  expect(steps[1]).toEqual(start);
  expect(steps[2]![0]).toBeCloseTo(start[0]! + 0.1, 9);
  expect(steps[2]![1]).toBeCloseTo(start[1]! + 0.1, 9);
  expect(steps[4]).toEqual(steps[2]);
});
