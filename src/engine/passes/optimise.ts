import { constant, constantValue, inputName } from "../ir/leaves.ts";
import { applyRecord } from "../ir/op.ts";
import { tracedAt } from "../ir/place.ts";
import { ancestors, type Tensor } from "../ir/tensor.ts";
import { sizeOf } from "../ir/type.ts";
import { resultOf } from "../reference/evaluate.ts";
import type { NdArray } from "../reference/ndarray.ts";

/** Larger results of constant expressions stay expressions: folding them would bloat the file. */
const largestFolded = 4096;

/**
 * Rewrites a trace into a smaller equal one, in one sweep from inputs to outputs: simplification by
 * each operator's own rules, constant folding, common subexpressions. Code that nobody needs is
 * dropped by not being reached. Linear in the number of nodes.
 */
export function optimise(outputs: readonly Tensor[]): Tensor[] {
  const rewritten = new Map<Tensor, Tensor>();
  const unique = new Map<string, Tensor>();
  const intern = (t: Tensor): Tensor => {
    const key = keyOf(t);
    const known = unique.get(key);
    if (!known) unique.set(key, t);
    return known ?? t;
  };
  const visit = (roots: readonly Tensor[]): void => {
    for (const t of ancestors(roots, (known) => rewritten.has(known))) {
      if (rewritten.has(t)) continue;
      const result = tracedAt(t.place, () => rewrite(t));
      rewritten.set(t, result);
      // A result is as simple as the rules can make it: it is not taken up again.
      rewritten.set(result, result);
    }
  };
  const rewrite = (t: Tensor): Tensor => {
    const inputs = t.inputs.map((i) => rewritten.get(i)!);
    const moved = inputs.some((input, i) => input !== t.inputs[i]);
    const same = moved ? applyRecord(t.record, inputs, t.attrs) : t;
    const simpler = fold(same) ?? same.record.simplify?.(inputs as never, same.attrs, same);
    if (!simpler) return intern(same);
    // A rule may build new nodes of several levels: they go through the same sweep.
    visit([simpler]);
    return rewritten.get(simpler)!;
  };
  visit(outputs);
  return outputs.map((t) => rewritten.get(t)!);
}

/** The value of an operator whose inputs are all constants. */
function fold(t: Tensor): Tensor | undefined {
  if (t.inputs.length === 0 || sizeOf(t.shape) > largestFolded) return undefined;
  const values = t.inputs.map(constantValue);
  if (values.some((v) => v === undefined)) return undefined;
  const { shape, dtype, data } = resultOf(t, values as NdArray[]);
  return constant(data, shape, dtype);
}

function keyOf(t: Tensor): string {
  const value = constantValue(t);
  if (value) {
    const small = value.data.length <= 64;
    return small ? `const ${t.dtype}[${t.shape}] ${value.data.join()}` : `const#${t.id}`;
  }
  const ids = t.inputs.map((i) => i.id);
  if (t.record.commutative) ids.sort((a, b) => a - b);
  const name = inputName(t);
  return name === undefined
    ? `${t.record.name} ${ids.join()} ${JSON.stringify(t.attrs)}`
    : `input#${t.id}`;
}
