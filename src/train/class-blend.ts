import { GanymedeError } from "../core/errors.ts";
import { applyRecord } from "../engine/ir/op.ts";
import { ancestors, type Tensor } from "../engine/ir/tensor.ts";
import { add, mul, reshape, sub } from "../engine/ops/index.ts";

export interface Blend {
  /** i32[n]: the classes that the trace was made with, and those to move to. */
  readonly label: Tensor;
  readonly other: Tensor;
  /** f32[n]: 0 is `label`, 1 is `other`. */
  readonly mix: Tensor;
}

/**
 * A conditional generator between two classes: wherever numbers are first made of the label (a row of
 * an embedding, a one-hot code, a mask), they are made of `other` too and the two are mixed. Between
 * classes the net sees what it never saw in training; embeddings take that well (Brock, Donahue,
 * Simonyan 2019, arXiv:1809.11096, figure 8).
 *
 * @throws GanymedeError CLASS_BLEND where what is made of the label is not one row an item
 */
export function blendClasses(output: Tensor, { label, other, mix }: Blend): Tensor {
  // What is still a name of classes, made of the other label; and what has been mixed or follows it.
  const ofOther = new Map<Tensor, Tensor>([[label, other]]);
  const blended = new Map<Tensor, Tensor>();
  for (const t of ancestors([output])) {
    const inputs = t.inputs.map((i) => blended.get(i) ?? i);
    const moved = inputs.some((input, i) => input !== t.inputs[i]);
    const here = moved ? applyRecord(t.record, inputs, t.attrs) : t;
    if (!t.inputs.some((i) => ofOther.has(i))) {
      if (moved) blended.set(t, here);
      continue;
    }
    const swapped = t.inputs.map((i, k) => ofOther.get(i) ?? inputs[k]!);
    const there = applyRecord(t.record, swapped, t.attrs);
    if (t.dtype === "f32") blended.set(t, mixed(here, there, mix));
    else ofOther.set(t, there);
  }
  return blended.get(output) ?? output;
}

function mixed(from: Tensor, to: Tensor, mix: Tensor): Tensor {
  const [n = 0] = mix.shape;
  if (from.shape[0] !== n) {
    throw new GanymedeError("CLASS_BLEND", {
      where: "sampler",
      expected: `what is made of the label as one row for each of ${n} items`,
      got: `${from.record.name} of shape [${from.shape}]`,
      fix: "keep the class fixed along the way: --class with one name",
    });
  }
  const share = reshape(mix, { shape: [n, ...from.shape.slice(1).map(() => 1)] });
  return add(from, mul(share, sub(to, from)));
}
