import { describe, expect, test } from "vitest";
import { GanymedeError } from "../../core/errors.ts";
import { add, concat, matmul, reshape, select, sub, sum } from "../ops/index.ts";
import { constant, constantValue, input } from "./leaves.ts";

function faultOf(run: () => unknown): GanymedeError {
  try {
    run();
  } catch (error) {
    if (error instanceof GanymedeError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("a wrong shape", () => {
  const a = input("a", [2, 3]);
  const b = input("b", [4, 5]);

  test.each([
    ["add", () => add(a, b)],
    ["matmul", () => matmul(a, b)],
  ])("of %s quotes both types", (name, run) => {
    const { code, message } = faultOf(run);
    expect(code).toBe("SHAPE");
    expect(message).toContain(`(${name} of f32[2,3] and f32[4,5])`);
  });

  test("names the line that traced it", () => {
    const line = Number(/op\.test\.ts:(\d+):/.exec(new Error().stack!)![1]);
    const { where } = faultOf(() => add(a, b)).fault;
    expect(where).toMatch(new RegExp(`^add at .*/op\\.test\\.ts:${line + 1}:\\d+$`));
  });

  test("names the line also from inside a composed function", () => {
    const outer = () => sum(sub(a, b));
    expect(faultOf(outer).fault.where).toMatch(/op\.test\.ts:\d+:\d+$/);
  });

  test.each([
    ["two dtypes", () => add(a, input("i", [2, 3], "i32")), "f32[2,3] and i32[2,3]"],
    ["a size that does not fit", () => reshape(a, { shape: [4, 2] }), "reshape of f32[2,3]"],
    ["an axis that is not there", () => sum(a, { axes: [2] }), "sum of f32[2,3]"],
    ["a condition that is none", () => select(a, a, a), "select of f32[2,3]"],
    ["operands of different rank", () => concat([a, input("c", [2])], { axis: 0 }), "f32[2]"],
    ["a constant of the wrong size", () => constant([1, 2], [3]), "2 values"],
  ])("%s is refused while tracing", (_, run, quoted) => {
    const { code, message } = faultOf(run);
    expect(code).toBe("SHAPE");
    expect(message).toContain(quoted);
  });
});

describe("numbers as operands", () => {
  test("take the dtype of the tensors beside them", () => {
    expect(add(input("i", [2], "i32"), 1).dtype).toBe("i32");
    expect(add(1, input("x", [2])).dtype).toBe("f32");
  });

  test("do not take that of a condition", () => {
    const condition = input("c", [2], "bool");
    expect(select(condition, input("i", [2], "i32"), 0).dtype).toBe("i32");
    const y = select(condition, 1, 0);
    expect(y.dtype).toBe("f32");
    expect(constantValue(y.inputs[1]!)!.data).toEqual(Float64Array.of(1));
  });
});
