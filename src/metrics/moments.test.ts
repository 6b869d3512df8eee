import { expect, test } from "vitest";
import { moments } from "./moments.ts";

test("mean and deviation by hand", () => {
  expect(moments([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({ mean: 5, deviation: 2 });
  expect(moments([3])).toEqual({ mean: 3, deviation: 0 });
});

test("an offset far above the spread costs no digits", () => {
  const { deviation } = moments(Float64Array.of(1e9, 1e9 + 2));
  expect(deviation).toBe(1);
});
