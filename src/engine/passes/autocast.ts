import { largestHalf, smallestNormalHalf } from "../../core/half.ts";
import { constantValue } from "../ir/leaves.ts";
import { applyRecord } from "../ir/op.ts";
import { tracedAt } from "../ir/place.ts";
import { ancestors, type Tensor } from "../ir/tensor.ts";
import { isFloat, sizeOf } from "../ir/type.ts";
import { cast } from "../ops/compare.ts";

/** `f16`: products of matrices and convolutions in halves, sums and all that lasts in float32. */
export type Precision = "f32" | "f16";

/**
 * Mixed precision (Micikevicius et al. 2018, arXiv:1710.03740, section 3): the same values with halves
 * where they do. Products take halves; an operator that may follow does so where the largest of its
 * operands are halves and somebody wants its result as one; what is smaller (a bias, a scale of each
 * channel) is rounded to them. Inputs and outputs keep their dtypes. It runs after differentiation,
 * so that gradients are treated like everything else. A value is rounded once, whoever reads it.
 */
export function autocast(outputs: readonly Tensor[]): Tensor[] {
  const order = ancestors(outputs);
  const halves = wanted(order, followers(order));
  const rebuilt = new Map<Tensor, Tensor>();
  const casts = new Map<Tensor, Tensor>();
  const as = (t: Tensor, dtype: Tensor["dtype"]): Tensor => {
    const now = rebuilt.get(t)!;
    if (now.dtype === dtype) return now;
    const known = casts.get(now) ?? tracedAt(t.place, () => cast(now, { to: dtype }));
    casts.set(now, known);
    return known;
  };
  for (const t of order) {
    const narrow = halves.has(t);
    if (!narrow && readsHalves(t, halves)) {
      const { record, attrs } = t;
      const made = tracedAt(t.place, () =>
        record.fromHalf!(t.inputs.map((x) => as(x, "f16")) as never, attrs),
      );
      rebuilt.set(t, made);
      continue;
    }
    const inputs = t.inputs.map((x) => as(x, narrow && isFloat(x) ? "f16" : x.dtype));
    const moved = inputs.some((x, i) => x !== t.inputs[i]);
    rebuilt.set(t, moved ? tracedAt(t.place, () => applyRecord(t.record, inputs, t.attrs)) : t);
  }
  return outputs.map((t) => as(t, t.dtype));
}

/** What can be halves: products, and what follows them. */
function followers(order: readonly Tensor[]): Set<Tensor> {
  const found = new Set<Tensor>();
  for (const t of order) {
    if (t.dtype !== "f32" || !t.inputs.some(isFloat)) continue;
    const { precision } = t.record;
    if (precision === "half" || (precision === "any" && follows(t, found))) found.add(t);
  }
  return found;
}

/** Whether the largest of a node's operands are all halves, and every literal has its value as one. */
function follows({ inputs }: Tensor, halves: ReadonlySet<Tensor>): boolean {
  const literals = inputs.filter((x) => constantValue(x));
  const values = inputs.filter((x) => isFloat(x) && !constantValue(x));
  const largest = Math.max(...values.map((x) => sizeOf(x.shape)));
  const deciding = values.filter((x) => sizeOf(x.shape) === largest);
  return deciding.length > 0 && deciding.every((x) => halves.has(x)) && literals.every(fitsHalf);
}

const fitsHalf = (literal: Tensor): boolean =>
  constantValue(literal)!.data.every((v) => {
    const size = Math.abs(v);
    return size === 0 || (size >= smallestNormalHalf && size <= largestHalf);
  });

/** Operands that are worth reading as halves: maps, not logits, losses and statistics. */
const large = 2 ** 16;

/** Whether an operator takes its operands, all large and halves, as such and gives f32. */
const readsHalves = ({ record, inputs }: Tensor, halves: ReadonlySet<Tensor>): boolean =>
  record.fromHalf !== undefined && inputs.every((x) => halves.has(x) && sizeOf(x.shape) >= large);

/** x·x: what it overflows at is the root of what others do. */
const isSquare = ({ inputs: [a, b] }: Tensor): boolean => a === b;

/**
 * Products, and of those that can follow the ones that are read as halves. A square that is only
 * summed up is taken in float32, where it neither overflows nor vanishes.
 */
function wanted(order: readonly Tensor[], candidates: ReadonlySet<Tensor>): Set<Tensor> {
  const found = new Set<Tensor>();
  const read = new Set<Tensor>();
  for (const t of [...order].reverse()) {
    if (candidates.has(t) && (t.record.precision === "half" || read.has(t))) {
      found.add(t);
      for (const x of t.inputs) read.add(x);
    } else if (readsHalves(t, candidates) && !t.inputs.some(isSquare)) {
      for (const x of t.inputs) read.add(x);
    }
  }
  return found;
}
