import { RandomStream } from "../src/core/random.ts";
import { grad } from "../src/engine/autodiff/grad.ts";
import { constant, inputName } from "../src/engine/ir/leaves.ts";
import type { Tensor } from "../src/engine/ir/tensor.ts";
import { sizeOf } from "../src/engine/ir/type.ts";
import { add, mul, sum } from "../src/engine/ops/index.ts";
import { evaluate } from "../src/engine/reference/evaluate.ts";
import type { NdArray } from "../src/engine/reference/ndarray.ts";

/** Values by the name of the input that they are fed to. */
export type Values = Readonly<Record<string, NdArray>>;

/** A scalar function of named inputs with the gradients that are claimed for it. */
export interface Claim {
  readonly y: Tensor;
  readonly by: readonly Tensor[];
  readonly gradients: readonly Tensor[];
}

/**
 * Largest disagreement between claimed gradients and central differences of the float64 reference,
 * along random directions, relative to the size of the derivative's terms.
 */
export function gradientError(
  { claims, feeds }: { readonly claims: readonly Claim[]; readonly feeds: Values },
  seed: number,
  directions = 4,
): number {
  const h = 1e-5;
  let worst = 0;
  for (const { y, by, gradients } of claims) {
    const claimed = evaluate(gradients, feeds);
    for (let d = 0; d < directions; d++) {
      const moves = by.map((t, i) => direction(t, new RandomStream(seed, `direction ${d} ${i}`)));
      const at = (step: number) => evaluate([y], shifted(feeds, by, moves, step))[0]!.data[0]!;
      const difference = (at(h) - at(-h)) / (2 * h);
      const terms = claimed.map((g, i) => dot(g.data, moves[i]!));
      const scale = Math.max(1, ...terms.map(Math.abs));
      const error = Math.abs(terms.reduce((a, b) => a + b, 0) - difference) / scale;
      worst = Math.max(worst, Number.isNaN(error) ? Number.POSITIVE_INFINITY : error);
    }
  }
  return worst;
}

/**
 * What `grad` claims for a scalar: its gradient by `by`, and the gradient of a random combination of
 * that gradient's elements, which is what a penalty differentiates.
 */
export function claimsOf(y: Tensor, by: readonly Tensor[], seed = 1): Claim[] {
  const first = grad(y, by);
  const parts = first.map((g, i) => sum(mul(g, weights(g, new RandomStream(seed, `claim ${i}`)))));
  const combined = parts.reduce((a, b) => add(a, b));
  return [
    { y, by, gradients: first },
    { y: combined, by, gradients: grad(combined, by) },
  ];
}

/** A fixed random tensor like `t`. */
const weights = (t: Tensor, random: RandomStream): Tensor =>
  constant(direction(t, random), t.shape);

const direction = (t: Tensor, random: RandomStream): Float64Array =>
  random.normal(new Float64Array(sizeOf(t.shape)));

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total;
};

function shifted(
  feeds: Values,
  by: readonly Tensor[],
  moves: readonly Float64Array[],
  h: number,
): Values {
  const moved = by.map((t, i) => {
    const name = inputName(t)!;
    const old = feeds[name]!;
    return [name, { ...old, data: old.data.map((v, k) => v + h * moves[i]![k]!) }] as const;
  });
  return { ...feeds, ...Object.fromEntries(moved) };
}
