import { roundToHalf } from "../../core/half.ts";
import { inputName } from "../ir/leaves.ts";
import { ancestors, type Tensor } from "../ir/tensor.ts";
import type { NdArray } from "./ndarray.ts";

/**
 * Float64 interpreter of the trace: the oracle for every provider and every derivative. `feeds` maps
 * input names to values; an input that is needed and not fed throws `NOT_FED`.
 */
export function evaluate(
  outputs: readonly Tensor[],
  feeds: Readonly<Record<string, NdArray>> = {},
): NdArray[] {
  const values = new Map<Tensor, NdArray>();
  for (const t of ancestors(outputs)) {
    const fed = feeds[inputName(t) ?? ""];
    const inputs = t.inputs.map((i) => values.get(i)!);
    values.set(t, fed ?? resultOf(t, inputs));
  }
  return outputs.map((t) => values.get(t)!);
}

/** The result of one operator: that of its record's reference, as f16 rounded to the nearest. */
export function resultOf(t: Tensor, inputs: readonly NdArray[]): NdArray {
  const exact = t.record.reference(inputs as never, t.attrs, t);
  if (t.dtype !== "f16") return exact;
  return { shape: exact.shape, dtype: "f16", data: exact.data.map(roundToHalf) };
}
