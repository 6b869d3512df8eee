import { expect, test } from "vitest";
import { add, mul, sum } from "../ops/index.ts";
import { constant, input } from "./leaves.ts";
import { print } from "./print.ts";

test("one line a node, scalars in place, attributes only when not default", () => {
  const x = input("x", [2, 3]);
  const rows = sum(mul(x, 0.5), { axes: [1] });
  const y = add(rows, constant([1, 2]));
  expect(print({ y, total: sum(y) })).toMatchInlineSnapshot(`
    "%0 = input x : f32[2,3]
    %1 = mul(%0, 0.5) : f32[2,3]
    %2 = sum(%1, {axes: [1]}) : f32[2]
    %3 = constant [1, 2] : f32[2]
    %4 = add(%2, %3) : f32[2]
    %5 = sum(%4) : f32[]
    return y = %4, total = %5"
  `);
});

test("long constants are cut, repeated ones are one number", () => {
  const long = constant(Array.from({ length: 20 }, (_, i) => i));
  expect(print({ a: add(long, constant(3, [20])), b: constant(7) })).toMatchInlineSnapshot(`
    "%0 = constant [0, 1, 2, 3, 4, 5, 6, 7, … 20 values] : f32[20]
    %1 = constant 3 : f32[20]
    %2 = add(%0, %1) : f32[20]
    return a = %2, b = 7"
  `);
});

test("equal traces print equally, whatever was traced before", () => {
  const trace = () => print({ y: mul(input("x", [2]), 2) });
  expect(trace()).toBe(trace());
});
