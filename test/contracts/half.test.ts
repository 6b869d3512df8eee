import { describe, expect, test } from "vitest";
import { records } from "../../src/engine/ops/_registry.ts";
import { nodeCpu } from "../../src/engine/run/node-cpu.ts";
import { type Case, providerError, trace } from "./op.ts";

const provider = await nodeCpu({ threads: 1 });

/** The CPU's kernels run these forms too, and the runtime refuses a graph that mixes f16 and f32. */
const likeWebgpu = {
  ...provider,
  target: { provider: "webgpu", nchwcBlock: 0, half: true } as const,
};

/** A unit in the last place of a half is 2⁻¹¹ of it; a few follow each other in a derivative. */
const rtol = 4e-3;

/** Every record with floats, on halves: the same as the reference rounded after each operator. */
describe.each(
  records
    .filter((r) => r.cases.some((c) => c.shapes.some((_, i) => (c.dtypes?.[i] ?? "f32") === "f32")))
    .map((r) => [r.name, r] as const),
)("%s in f16", (_, record) => {
  const traced = record.cases.map((c, i) => trace(record, c as Case, i, { precision: "f16" }));

  test("widened where there is no arithmetic of halves, to second order", async () => {
    for (const t of traced) expect(await providerError(t, provider)).toBeLessThan(rtol);
  });

  if (record.precision) {
    test("in the forms for a device that has it", async () => {
      for (const t of traced) expect(await providerError(t, likeWebgpu)).toBeLessThan(rtol);
    });
  }
});
