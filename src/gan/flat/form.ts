import { grad } from "../../engine/autodiff/grad.ts";
import { constant } from "../../engine/ir/leaves.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import { add, div, mul, reshape, sqrt, sub, sum, unstack } from "../../engine/ops/index.ts";

/**
 * Vectors or covectors of each item, k of them, each [n, …item]. Empty when k = 0: then their wedge
 * product is the number 1.
 */
export type Vectors = readonly Tensor[];

/** A simple k-form b₁∧…∧b_k at each item: items [n, …] → k covectors of each. */
export type Form = (items: Tensor) => Vectors;

/** Keeps a norm differentiable at 0; far below any that matters. */
const tiny = 1e-12;

/** ⟨a, b⟩ of each item, [n, …] → [n]. */
export const dot = (a: Tensor, b: Tensor): Tensor =>
  sum(reshape(mul(a, b), { shape: [a.shape[0]!, -1] }), { axes: [1] });

/** Determinant of k × k numbers an item, each [n], by its first row: meant for k ≤ 3. */
function determinant(rows: readonly (readonly Tensor[])[]): Tensor {
  if (rows.length === 1) return rows[0]![0]!;
  const [first, ...rest] = rows;
  return first!
    .map((entry, skipped) => {
      const minor = determinant(rest.map((row) => row.filter((_, i) => i !== skipped)));
      return mul(mul(entry, minor), skipped % 2 === 0 ? 1 : -1);
    })
    .reduce((a, b) => add(a, b));
}

/** ⟨b₁∧…∧b_k, v₁∧…∧v_k⟩ = det ⟨b_i, v_j⟩ of each of `n` items, [n]; 1 for k = 0. */
export const pairing = (covectors: Vectors, vectors: Vectors, n: number): Tensor =>
  covectors.length === 0
    ? constant(1, [n])
    : determinant(covectors.map((b) => vectors.map((v) => dot(b, v))));

/**
 * Comass of each item's form, the most that it makes of k orthonormal vectors, [n]. A simple form's is
 * the volume of its covectors, √det ⟨b_i, b_j⟩: exact, where the paper samples directions.
 */
export const comassOf = (covectors: Vectors, n: number): Tensor =>
  sqrt(add(pairing(covectors, covectors, n), tiny));

/**
 * dω(v₀,…,v_k) = Σ (−1)^i ∂_{v_i} [ω(v₀,…,v_k without v_i)] at each item, [n]. The form must not mix
 * the items of a batch. Cost: k + 1 backward passes through it.
 */
export function exteriorDerivativeOf(form: Form, items: Tensor, frame: Vectors): Tensor {
  const n = items.shape[0]!;
  const covectors = form(items);
  return frame
    .map((v, i) => {
      const others = frame.filter((_, j) => j !== i);
      const [slope] = grad(sum(pairing(covectors, others, n)), [items]);
      return mul(dot(slope!, v), i % 2 === 0 ? 1 : -1);
    })
    .reduce((a, b) => add(a, b));
}

/** Gram and Schmidt: `count` orthonormal vectors of each item, out of normal noise [n, count, …item]. */
export function orthonormal(noise: Tensor): Vectors {
  const done: Tensor[] = [];
  for (const drawn of vectorsOf(noise)) {
    let v = drawn;
    for (const u of done) v = sub(v, mul(u, spread(dot(u, v), v)));
    done.push(div(v, spread(sqrt(add(dot(v, v), tiny)), v)));
  }
  return done;
}

/** The vectors [n, …item] that lie along the second axis of [n, k, …item]. */
export const vectorsOf = (stacked: Tensor): Vectors => unstack(stacked, { axis: 1 });

const spread = (perItem: Tensor, like: Tensor): Tensor =>
  reshape(perItem, { shape: [perItem.shape[0]!, ...like.shape.slice(1).map(() => 1)] });
