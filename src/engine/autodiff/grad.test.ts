import { describe, expect, test } from "vitest";
import { input } from "../ir/leaves.ts";
import { defineOp } from "../ir/op.ts";
import type { Tensor } from "../ir/tensor.ts";
import { add, greater, mul, pow, select, sub, sum } from "../ops/index.ts";
import { program } from "../program.ts";
import { evaluate } from "../reference/evaluate.ts";
import { grad, stopGradient } from "./grad.ts";

const x = input("x", [3]);
const at = [0.5, -1, 2];
const feeds = { x: { shape: [3], dtype: "f32" as const, data: Float64Array.from(at) } };
const numbers = (t: Tensor): number[] => Array.from(evaluate([t], feeds)[0]!.data);

describe("values", () => {
  test("gradients of x³ up to the third order and beyond", () => {
    let y = sum(pow(x, { exponent: 3 }));
    const orders = [];
    for (let n = 0; n < 4; n++) {
      const [g] = grad(y, [x]);
      orders.push(numbers(g!));
      y = sum(g!);
    }
    expect(orders).toEqual([at.map((v) => 3 * v * v), at.map((v) => 6 * v), [6, 6, 6], [0, 0, 0]]);
  });

  test("contributions of several uses add up", () => {
    const y = sum(add(mul(x, x), add(mul(x, 3), x)));
    expect(numbers(grad(y, [x])[0]!)).toEqual(at.map((v) => 2 * v + 4));
  });

  test("a tensor may be differentiated by itself and by one of its parts at once", () => {
    const square = mul(x, x);
    const y = sum(mul(square, 2));
    const [bySquare, byX] = grad(y, [square, x]);
    expect(numbers(bySquare!)).toEqual([2, 2, 2]);
    expect(numbers(byX!)).toEqual(at.map((v) => 4 * v));
    expect(numbers(grad(sum(x), [x])[0]!)).toEqual([1, 1, 1]);
  });

  test("a variable that is not used gets zeros of its shape", () => {
    const other = input("other", [2, 2]);
    const [g] = grad(sum(x), [other]);
    expect(g!.shape).toEqual([2, 2]);
    expect(numbers(g!)).toEqual([0, 0, 0, 0]);
  });

  test("a seed weighs a result of any shape", () => {
    expect(numbers(grad(mul(x, x), [x], x)[0]!)).toEqual(at.map((v) => 2 * v * v));
  });

  test("a condition passes no gradient, its branches do", () => {
    const y = sum(select(greater(x, 0), mul(x, x), mul(x, -1)));
    expect(numbers(grad(y, [x])[0]!)).toEqual([1, -1, 4]);
  });
});

describe("stopGradient", () => {
  test("passes the value and stops the gradient", () => {
    const y = sum(mul(stopGradient(mul(x, x)), x));
    expect(numbers(y)).toEqual([at.reduce((s, v) => s + v ** 3, 0)]);
    expect(numbers(grad(y, [x])[0]!)).toEqual(at.map((v) => v * v));
  });

  test("stops what would otherwise be refused", () => {
    const mask = greater(stopGradient(x), 0);
    expect(numbers(grad(sum(select(mask, x, 0)), [x])[0]!)).toEqual([1, 0, 1]);
  });

  test("is gone once the passes have run", () => {
    expect(program({ y: mul(stopGradient(x), 2) }).outputs.y!.inputs).toContain(x);
  });
});

describe("faults", () => {
  test("a result that is not scalar wants a seed", () => {
    expect(() => grad(mul(x, x), [x])).toThrow(/SHAPE expected a scalar.*got f32\[3\].*seed/);
  });

  test("an operator without derivative says why", () => {
    const mask = greater(x, 0);
    expect(() => grad(mask, [x], mask)).toThrow(
      /\[greater\] NOT_DIFFERENTIABLE.*true or false.*stopGradient/,
    );
  });

  test("a vjp of the wrong shape is named", () => {
    const wrong = defineOp<1, object>({
      name: "wrong",
      about: "has a faulty derivative",
      arity: 1,
      attrs: {},
      type: ([t]) => t,
      reference: ([t]) => t,
      vjp: (ct) => [sum(ct)],
      lower: (_, [t]) => t,
      cases: [],
    });
    expect(() => grad(sum(wrong(x)), [x])).toThrow(
      /\[vjp of wrong\] SHAPE expected a cotangent like its input, f32\[3\], got f32\[\]/,
    );
  });

  test("what lies behind nobody's variable may be anything", () => {
    const data = input("data", [3]);
    const mask = greater(data, 0);
    expect(() => grad(sum(select(mask, x, sub(x, data))), [x])).not.toThrow();
  });
});
