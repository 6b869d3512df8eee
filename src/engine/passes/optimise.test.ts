import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { grad } from "../autodiff/grad.ts";
import { constant, constantValue, input, inputName } from "../ir/leaves.ts";
import { print } from "../ir/print.ts";
import { ancestors, type Tensor } from "../ir/tensor.ts";
import {
  add,
  cast,
  div,
  expand,
  logicalNot,
  matmul,
  maximum,
  mean,
  mul,
  neg,
  pow,
  relu,
  reshape,
  sigmoid,
  softplus,
  sub,
  sum,
  tanh,
} from "../ops/index.ts";
import { program } from "../program.ts";
import { evaluate } from "../reference/evaluate.ts";
import { optimise } from "./optimise.ts";

const x = input("x", [2, 3]);
const y = input("y", [2, 3]);
const simplified = (t: Tensor): Tensor => optimise([t])[0]!;
const count = (roots: readonly Tensor[]): number => ancestors(roots).length;

describe("what is dropped", () => {
  test("code that no output needs, and inputs with it", () => {
    mul(tanh(y), 3);
    const { inputs } = program({ a: add(x, 1) });
    expect(inputs.map(inputName)).toEqual(["x"]);
  });

  test("the gradient of a variable nobody asked for", () => {
    const w = input("w", [3, 3]);
    const [gx] = grad(sum(matmul(x, w)), [x, w]);
    expect(program({ gx: gx! }).inputs.map(inputName)).toEqual(["w"]);
  });

  test("repetitions, also with the operands of commutative operators exchanged", () => {
    const twice = optimise([tanh(mul(x, y)), tanh(mul(y, x)), sub(x, y), sub(y, x)]);
    expect(twice[0]).toBe(twice[1]);
    expect(twice[2]).not.toBe(twice[3]);
  });

  test("but not nodes that differ in attributes alone", () => {
    const [a, b] = optimise([sum(x, { axes: [0] }), sum(x, { axes: [1] })]);
    expect(a).not.toBe(b);
  });
});

describe("constants", () => {
  test("expressions of literals are computed", () => {
    const t = simplified(mul(add(constant([1, 2]), 1), constant([3, 4])));
    expect(constantValue(t)?.data).toEqual(Float64Array.of(6, 12));
  });

  test("but large results stay expressions", () => {
    const t = simplified(expand(constant(2), { shape: [100, 100] }));
    expect(constantValue(t)).toBeUndefined();
  });

  test("factors meet across a product", () => {
    expect(print({ t: simplified(mul(mul(mul(x, 2), 3), 0.5)) })).toMatchInlineSnapshot(`
      "%0 = input x : f32[2,3]
      %1 = mul(3, %0) : f32[2,3]
      return t = %1"
    `);
  });
});

describe("algebra", () => {
  const mask = input("mask", [2], "bool");
  test.each([
    ["x + 0", add(x, 0), x],
    ["0 + x", add(0, x), x],
    ["x − 0", sub(x, 0), x],
    ["1·x", mul(1, x), x],
    ["x/1", div(x, 1), x],
    ["−−x", neg(neg(x)), x],
    ["max(x, x)", maximum(x, x), x],
    ["x to its own shape", reshape(reshape(x, { shape: [6] }), { shape: [2, 3] }), x],
    ["x expanded to its own shape", expand(x, { shape: [2, 3] }), x],
    ["x cast to its own dtype", cast(x), x],
    ["x¹", pow(x, { exponent: 1 }), x],
    ["not not x", logicalNot(logicalNot(mask)), mask],
  ])("%s is x", (_, t, want) => expect(simplified(t)).toBe(want));

  test("0·x is 0 of x's shape", () => {
    const zero = simplified(mul(x, 0));
    expect(constantValue(zero)?.data).toEqual(new Float64Array(6));
  });

  test("operands that broadcast by themselves are not expanded", () => {
    const t = simplified(add(expand(input("row", [3]), { shape: [2, 3] }), x));
    expect(ancestors([t]).some((node) => node.record.name === "expand")).toBe(false);
  });

  test("cheap powers have no pow", () => {
    for (const exponent of [-1.5, -1, -0.5, 0.5, 1.5, 2, 3]) {
      const names = ancestors([simplified(pow(x, { exponent }))]).map((t) => t.record.name);
      expect(names).not.toContain("pow");
    }
    expect(simplified(pow(x, { exponent: 0.3 })).record.name).toBe("pow");
  });
});

test("a rule that fires does not walk the whole trace again", () => {
  const base = mul(x, y);
  let reads = 0;
  const watched: Tensor = {
    ...base,
    get inputs() {
      reads++;
      return base.inputs;
    },
  };
  let t = watched;
  for (let i = 0; i < 100; i++) t = add(mul(tanh(t), 1), 0);
  optimise([t]);
  expect(reads).toBeGreaterThan(0);
  expect(reads).toBeLessThan(10);
});

describe("random traces", () => {
  const unary = [
    neg,
    tanh,
    sigmoid,
    softplus,
    relu,
    (t: Tensor) => mul(t, 0.5),
    (t: Tensor) => add(0, mul(1, t)),
    (t: Tensor) => mul(2, mul(t, 0.25)),
    (t: Tensor) => expand(sum(t, { axes: [0], keep: true }), { shape: [2, 3] }),
    (t: Tensor) => reshape(reshape(t, { shape: [3, 2] }), { shape: [2, 3] }),
    (t: Tensor) => mean(t, { axes: [1], keep: true }),
    (t: Tensor) => pow(t, { exponent: 2 }),
  ];
  const binary = [add, sub, mul, maximum, (a: Tensor, b: Tensor) => div(a, add(softplus(b), 1))];
  const instruction = fc.record({
    op: fc.nat(unary.length + binary.length - 1),
    a: fc.nat(),
    b: fc.nat(),
  });

  /** A DAG from a list of instructions that pick earlier results. */
  function build(code: readonly { op: number; a: number; b: number }[]): Tensor {
    const made: Tensor[] = [x, y, constant([1, 0, -1]), expand(constant(2), { shape: [2, 3] })];
    for (const { op, a, b } of code) {
      const [p, q] = [made[a % made.length]!, made[b % made.length]!].map((t) =>
        expand(t, { shape: [2, 3] }),
      );
      made.push(op < unary.length ? unary[op]!(p!) : binary[op - unary.length]!(p!, q!));
    }
    return sum(tanh(made.at(-1)!));
  }

  const feed = (values: readonly number[]) => ({
    shape: [2, 3],
    dtype: "f32" as const,
    data: Float64Array.from(values),
  });
  const six = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 6, maxLength: 6 });

  test("have the same values and gradients, in no more nodes", () => {
    fc.assert(
      fc.property(fc.array(instruction, { maxLength: 12 }), six, six, (code, vx, vy) => {
        const root = build(code);
        const roots = [root, ...grad(root, [x, y])];
        const better = optimise(roots);
        const feeds = { x: feed(vx), y: feed(vy) };
        const [plain, quick] = [evaluate(roots, feeds), evaluate(better, feeds)];
        plain.forEach((want, i) => {
          expect(quick[i]!.shape).toEqual(want.shape);
          want.data.forEach((v, k) => {
            const error = Math.abs(quick[i]!.data[k]! - v) / Math.max(1, Math.abs(v));
            expect(error).toBeLessThan(1e-9);
          });
        });
        expect(count(better)).toBeLessThanOrEqual(count(roots));
      }),
      { numRuns: 150, seed: 7 },
    );
  });

  test("are not changed by a second sweep", () => {
    fc.assert(
      fc.property(fc.array(instruction, { maxLength: 12 }), (code) => {
        const once = optimise(grad(build(code), [x, y]));
        const again = optimise(once);
        expect(print({ a: again[0]!, b: again[1]! })).toBe(print({ a: once[0]!, b: once[1]! }));
      }),
      { numRuns: 60, seed: 7 },
    );
  });
});
