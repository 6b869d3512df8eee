import { stopGradient } from "../engine/autodiff/stop-gradient.ts";
import { constant } from "../engine/ir/leaves.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import {
  add,
  div,
  expand,
  matmul,
  mul,
  reshape,
  softmax,
  sqrt,
  square,
  sum,
  transpose,
} from "../engine/ops/index.ts";
import { conv } from "./conv.ts";
import { normal } from "./initialisers.ts";
import type { Layer } from "./module.ts";
import { type Weighted, weightOf } from "./weight.ts";

/*
 * Capsules: small vectors whose direction says how something looks and whose length whether it is there.
 * Sabour, Frosst, Hinton 2017, arXiv:1710.09829.
 */

/** Keeps slopes finite at vectors of no length. */
const tiny = 1e-8;

/** Lengths along the last axis, which goes: [n,…,d] → [n,…]. */
export const capsuleLengths: Layer = (x) => sqrt(add(sum(square(x), { axes: [-1] }), tiny));

/** ‖s‖²/(1 + ‖s‖²) · s/‖s‖ along the last axis: lengths below 1, directions kept. Equation 1. */
export function squash(x: Tensor): Tensor {
  const squares = sum(square(x), { axes: [-1], keep: true });
  return mul(x, div(sqrt(add(squares, tiny)), add(squares, 1)));
}

export interface PrimaryCapsules extends Weighted {
  /** Kinds of capsules at each place. */
  readonly kinds: number;
  /** Numbers of a capsule. */
  readonly size: number;
  readonly kernel: number;
  readonly stride?: number;
  readonly pad?: number;
  /** Of the convolution's map, before it is read; none when absent. */
  readonly norm?: Layer | undefined;
}

/** A convolution read as capsules, squashed: x [n,c,h,w] → [n, kinds·h′·w′, size]. */
export const primaryCapsules =
  ({ kinds, size, kernel, stride = 1, pad = 0, norm, ...weights }: PrimaryCapsules): Layer =>
  (x, scope) => {
    const raw = conv(kinds * size, { kernel, stride, pad, ...weights })(x, scope);
    const map = norm ? norm(raw, scope.child("norm")) : raw;
    const [n = 1, , h = 1, w = 1] = map.shape;
    const apart = reshape(map, { shape: [n, kinds, size, h * w] });
    const capsules = transpose(apart, { perm: [0, 1, 3, 2] });
    return squash(reshape(capsules, { shape: [n, kinds * h * w, size] }));
  };

export interface Capsules extends Pick<Weighted, "init" | "weightTransform"> {
  /** How many, j. */
  readonly count: number;
  /** Numbers of each, D. */
  readonly size: number;
  /** Rounds of routing; 3 when absent. */
  readonly rounds?: number;
}

/**
 * Capsules that others agree on: x [n,i,d] → [n,j,D]. Each capsule below predicts each above by a matrix
 * of its own, û = W·u; above stands the squash of their weighted sum, whose weights, a softmax over those
 * above, grow round by round with û·v. Procedure 1. Gradients flow through the last round only, since the
 * earlier ones do no more than find the weights.
 *
 * Parameter `weight` [i, d, j·D], N(0, 0.1²) unless told otherwise.
 */
export const capsules =
  ({ count, size, rounds = 3, init = normal(0.1), weightTransform }: Capsules): Layer =>
  (x, scope) => {
    const [n = 1, below = 1, d = 1] = x.shape;
    const layout = { fanIn: d, outAxis: 0 } as const;
    const options = { init, ...(weightTransform && { weightTransform }) };
    const weight = weightOf(scope, [below, d, count * size], layout, options);
    // One product of matrices for each capsule below: [i,n,d]·[i,d,j·D].
    const products = matmul(transpose(x, { perm: [1, 0, 2] }), weight);
    const apart = reshape(products, { shape: [below, n, count, size] });
    // [n,j,i,D]
    const predicted = transpose(apart, { perm: [1, 2, 0, 3] });
    return above(predicted, agreement(stopGradient(predicted), rounds));
  };

/** The weights [n,j,i] of predictions [n,j,i,D] after all rounds; they sum to 1 over j. */
export function agreement(predicted: Tensor, rounds: number): Tensor {
  const [n = 1, count = 1, below = 1, size = 1] = predicted.shape;
  let weights = expand(constant(1 / count, [1, 1, 1]), { shape: [n, count, below] });
  let logits: Tensor | undefined;
  for (let round = 1; round < rounds; round++) {
    const v = reshape(above(predicted, weights), { shape: [n, count, size, 1] });
    const agreed = reshape(matmul(predicted, v), { shape: [n, count, below] });
    logits = logits ? add(logits, agreed) : agreed;
    weights = softmax(logits, { axis: 1 });
  }
  return weights;
}

/** The squash of the weighted sum of predictions: [n,j,D]. */
function above(predicted: Tensor, weights: Tensor): Tensor {
  const [n = 1, count = 1, below = 1, size = 1] = predicted.shape;
  const row = reshape(weights, { shape: [n, count, 1, below] });
  return squash(reshape(matmul(row, predicted), { shape: [n, count, size] }));
}
