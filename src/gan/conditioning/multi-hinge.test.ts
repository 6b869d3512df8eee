import { expect, test } from "vitest";
import { constant } from "../../engine/ir/leaves.ts";
import { evaluate } from "../../engine/reference/evaluate.ts";
import { surprise } from "../surprise.ts";
import { margin } from "./multi-hinge.ts";

const scores = constant([2, 0.5, -1, 0, 1, 3], [2, 3]);
const label = constant([0, 1], [2], "i32");
const value = (loss: ReturnType<typeof margin>) => evaluate([loss], {})[0]!.data[0]!;

test("by hand: 2 beats 0.5 by more than 1; 1 is behind 3 by 2", () => {
  expect(value(margin(scores, label))).toBeCloseTo((0 + 3) / 2, 12);
});

test("surprise by hand", () => {
  const first = Math.log(1 + Math.exp(-1.5) + Math.exp(-3));
  const second = Math.log(Math.exp(-1) + 1 + Math.exp(2));
  expect(value(surprise(scores, label))).toBeCloseTo((first + second) / 2, 12);
});
