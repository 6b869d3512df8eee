import { applyRecord } from "./op.ts";
import { tracedAt } from "./place.ts";
import { ancestors, type Tensor } from "./tensor.ts";

/** `roots` with `by` in the place of `at` wherever that is used; `by` itself may be made of `at`. */
export function replace(roots: readonly Tensor[], at: Tensor, by: Tensor): Tensor[] {
  const replaced = new Map([[at, by]]);
  const now = (t: Tensor) => replaced.get(t) ?? t;
  for (const t of ancestors(roots, (t) => t === at)) {
    const inputs = t.inputs.map(now);
    if (inputs.every((input, i) => input === t.inputs[i])) continue;
    replaced.set(
      t,
      tracedAt(t.place, () => applyRecord(t.record, inputs, t.attrs)),
    );
  }
  return roots.map(now);
}
