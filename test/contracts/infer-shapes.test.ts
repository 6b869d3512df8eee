import { describe, expect, test } from "vitest";
import type { Target } from "../../src/engine/onnx/emit.ts";
import { inferShapes } from "../../src/engine/onnx/infer-shapes.ts";
import { toModel } from "../../src/engine/onnx/model.ts";
import { records } from "../../src/engine/ops/_registry.ts";
import { program } from "../../src/engine/program.ts";
import { type Case, trace } from "./op.ts";

const targets: readonly Target[] = [
  { provider: "cpu", nchwcBlock: 16 },
  { provider: "wasm", nchwcBlock: 0 },
  { provider: "webgpu", nchwcBlock: 0 },
];

/** Results, first and second derivatives of every operator's cases: whatever a lowering writes. */
describe.each(targets)("shapes inferred from the graph for $provider", (target) => {
  test.each(records.map((r) => [r.name, r] as const))("%s", (_, record) => {
    for (const [i, c] of record.cases.entries()) {
      const { graph } = toModel(program(trace(record, c as Case, i).outputs), { target });
      const found = inferShapes(graph);
      for (const { name, dims, type } of graph.outputs) {
        expect(found.get(name), `case ${i}, ${name}`).toEqual({ shape: dims, type });
      }
    }
  });
});
