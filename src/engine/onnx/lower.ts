import { input } from "../ir/leaves.ts";
import { applyRecord } from "../ir/op.ts";
import type { Tensor } from "../ir/tensor.ts";
import type { Emit, Target } from "./emit.ts";
import { elemType } from "./proto.ts";

/**
 * Terms that a sum of halves may hold. WebGPU's kernels sum in the type of their operands, in which
 * n terms of either sign lose about 1.4e-4·√(n/2) of the result, 0.9 % for 8,192, and n terms of one
 * sign stop growing at 2,048 times a term.
 */
const longestHalfSum = 8192;

/**
 * Writes one node; `inputs` names its operands. Where it cannot be computed in halves (the target has
 * no arithmetic of them, the operator's lowering is for f32 only, its sums are long), its operands are
 * widened and its result is rounded: the same to every reader, in the same memory.
 */
export function lowerNode(emit: Emit, t: Tensor, inputs: readonly string[]): string {
  const { record, attrs } = t;
  const halves = t.inputs.map(({ dtype }) => dtype === "f16");
  if (!halves.includes(true) || isWrittenForHalves(emit.target, t)) {
    return record.lower(emit, inputs as never, attrs, t);
  }
  const operands = t.inputs.map((x, i) => (halves[i] ? input(`wide${x.id}`, x.shape) : x));
  const wide = applyRecord(record, operands, attrs);
  const names = inputs.map((x, i) => (halves[i] ? emit("Cast", [x], { to: elemType.f32 }) : x));
  const y = record.lower(emit, names as never, wide.attrs, wide);
  return wide.dtype === t.dtype ? y : emit("Cast", [y], { to: elemType[t.dtype] });
}

function isWrittenForHalves(target: Target, { record, inputs, attrs }: Tensor): boolean {
  if (!target.half || !(record.precision || record.fromHalf)) return false;
  return (record.terms?.(inputs as never, attrs) ?? 0) <= longestHalfSum;
}
