import { describe, expect, test } from "vitest";
import { grad } from "../../src/engine/autodiff/grad.ts";
import { input } from "../../src/engine/ir/leaves.ts";
import { applyRecord } from "../../src/engine/ir/op.ts";
import { toOnnx } from "../../src/engine/onnx/model.ts";
import { records } from "../../src/engine/ops/_registry.ts";
import { sum } from "../../src/engine/ops/index.ts";
import { program } from "../../src/engine/program.ts";
import { evaluate } from "../../src/engine/reference/evaluate.ts";
import { nodeCpu } from "../../src/engine/run/node-cpu.ts";
import { type Case, gradientError, providerError, trace } from "./op.ts";

const provider = await nodeCpu({ threads: 1 });

/** Operators that run on the CPU, at the cost of two copies, when a WebGPU graph holds them. */
const absentOnWebgpu =
  /\b(Sign|Or|ArgMax|ArgMin|TopK|Softsign|Selu|Round|Mod|LogSoftmax|FusedMatMul|SpaceToDepth|Col2Im|Sum|GridSample|Random\w+|Bit\w+)_\d/;

/** Every record, on every case it lists: adding an operator adds its tests. */
describe.each(records.map((r) => [r.name, r] as const))("%s", (_, record) => {
  const cases = record.cases.map((c, i) => [i, c as Case] as const);

  test("lists cases", () => expect(record.cases.length).toBeGreaterThan(0));

  test.each(cases)("case %i: the reference has the shape that the shape rule says", (i, c) => {
    const { outputs, feeds } = trace(record, c, i);
    const [value] = evaluate([outputs.y!], feeds);
    expect(value!.shape).toEqual(outputs.y!.shape);
    expect(value!.dtype).toBe(outputs.y!.dtype);
    expect(value!.data.length).toBe(outputs.y!.shape.reduce((a, b) => a * b, 1));
  });

  test.each(cases)("case %i: ONNX Runtime agrees, to second order", async (i, c) => {
    expect(await providerError(trace(record, c, i), provider)).toBeLessThan(c.rtol ?? 1e-5);
  });

  // The forms for other providers are standard ONNX: the CPU's kernels can run them.
  test.each(cases)("case %i: so do the forms for WebGPU", async (i, c) => {
    const webgpu = { ...provider, target: { provider: "webgpu", nchwcBlock: 0 } as const };
    expect(await providerError(trace(record, c, i), webgpu)).toBeLessThan(c.rtol ?? 1e-5);
  });

  test.each(cases)("case %i: those forms use no operator that WebGPU lacks", (i, c) => {
    const target = { provider: "webgpu", nchwcBlock: 0 } as const;
    const bytes = toOnnx(program(trace(record, c, i).outputs), { target });
    // Results are named after the operator that makes them.
    expect(Buffer.from(bytes).toString("latin1")).not.toMatch(absentOnWebgpu);
  });

  if (typeof record.vjp === "function") {
    test.each(cases)("case %i: first and second derivative agree with differences", (i, c) => {
      const traced = trace(record, c, i);
      expect(gradientError(traced, i)).toBeLessThan(1e-6);
    });
  } else {
    test("says why it has no derivative", () => {
      const c = record.cases[0] as Case;
      const inputs = c.shapes.map((s, i) => input(`x${i}`, s, c.dtypes?.[i] ?? "f32"));
      const y = applyRecord(record, inputs, c.attrs);
      expect(() => grad(y, [inputs[0]!], y)).toThrow(/NOT_DIFFERENTIABLE/);
      expect((record.vjp as { none: string }).none.length).toBeGreaterThan(5);
    });
  }
});

test("the sum of nothing but constants needs no feeds", () => {
  expect(
    evaluate([sum(input("x", [2]))], {
      x: { shape: [2], dtype: "f32", data: new Float64Array([1, 2]) },
    })[0]!.data[0],
  ).toBe(3);
});
