import { RandomStream } from "../src/core/random.ts";
import { constant, input, inputName } from "../src/engine/ir/leaves.ts";
import type { Tensor } from "../src/engine/ir/tensor.ts";
import { type Shape, sizeOf } from "../src/engine/ir/type.ts";
import { mul, sum } from "../src/engine/ops/index.ts";
import { evaluate } from "../src/engine/reference/evaluate.ts";
import type { NdArray } from "../src/engine/reference/ndarray.ts";
import type { Scope } from "../src/nn/trace.ts";
import { Trace } from "../src/nn/trace.ts";
import { Variables } from "../src/nn/variables.ts";
import { claimsOf, gradientError, type Values } from "./gradients.ts";

/** A float64 array of the reference interpreter. */
export const array = (shape: Shape, values: ArrayLike<number>): NdArray => ({
  shape,
  dtype: "f32",
  data: Float64Array.from(values),
});

/** Standard normals. */
export const noise = (shape: Shape, seed = 1): NdArray =>
  array(shape, new RandomStream(seed, "noise").normal(new Float64Array(sizeOf(shape))));

export interface Application {
  readonly y: Tensor;
  readonly trace: Trace;
  readonly variables: Variables;
  /** First values of all variables, and the key of in-graph noise. */
  readonly feeds: Values;
  /** Parameters as graph inputs. */
  readonly parameters: readonly Tensor[];
}

/** Traces `build` in the scope `net` and draws first values for what it declared. */
export function apply(
  build: (scope: Scope) => Tensor,
  { training = true, seed = 1 }: { training?: boolean; seed?: number } = {},
): Application {
  const variables = new Variables();
  const trace = new Trace(variables, { training });
  const y = build(trace.scope("net"));
  const feeds: Record<string, NdArray> = { key: { ...array([], [seed]), dtype: "i32" } };
  for (const v of variables.all()) {
    feeds[v.name] = array(v.shape, variables.initialValue(v.name, seed));
  }
  const names = variables.all().filter((v) => v.role === "parameter");
  return { y, trace, variables, feeds, parameters: names.map((v) => trace.read(v.name)) };
}

/** The layer's result on `x`; `set` replaces first values by name. */
export function resultOf(
  layer: (x: Tensor, scope: Scope) => Tensor,
  x: NdArray,
  { set = {}, ...options }: { training?: boolean; seed?: number; set?: Values } = {},
): NdArray {
  const { y, feeds } = apply((scope) => layer(input("x", x.shape, x.dtype), scope), options);
  return evaluate([y], { ...feeds, x, ...set })[0]!;
}

/** What the layer leaves in its state after one application to `x`, by name. */
export function stateAfter(
  layer: (x: Tensor, scope: Scope) => Tensor,
  x: NdArray,
  set: Values = {},
): Record<string, NdArray> {
  const { trace, feeds } = apply((scope) => layer(input("x", x.shape, x.dtype), scope));
  const names = [...trace.written().keys()];
  const values = evaluate([...trace.written().values()], { ...feeds, x, ...set });
  return Object.fromEntries(names.map((name, i) => [name, values[i]!]));
}

/**
 * Largest error of first and second derivatives by input and all parameters, which are moved off
 * their first values so that zeros and ones hide nothing.
 */
export function layerError(
  layer: (x: Tensor, scope: Scope) => Tensor,
  x: NdArray,
  options: { training?: boolean; seed?: number } = {},
): number {
  const leaf = input("x", x.shape, x.dtype);
  const { y, feeds, parameters } = apply((scope) => layer(leaf, scope), options);
  const moved = parameters.map((t, i) => {
    const [name, shape] = [inputName(t)!, t.shape];
    const [old, by] = [feeds[name]!, noise(shape, 100 + i)];
    return [name, { ...old, data: old.data.map((v, k) => v + 0.3 * by.data[k]!) }] as const;
  });
  const by = x.dtype === "f32" ? [leaf, ...parameters] : parameters;
  const scalar = sum(mul(y, constant(noise(y.shape, 99).data, y.shape)));
  return gradientError(
    { claims: claimsOf(scalar, by), feeds: { ...feeds, x, ...Object.fromEntries(moved) } },
    7,
    2,
  );
}
