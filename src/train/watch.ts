import { input } from "../engine/ir/leaves.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import type { Shape } from "../engine/ir/type.ts";
import { add, sum } from "../engine/ops/index.ts";
import { type Program, program } from "../engine/program.ts";
import type { TypedArray } from "../engine/run/provider.ts";

/** The output of a watch. */
export const watchName = "watch";

/** The sum of all elements of all tensors: not finite when one of them is not. */
export const sumOf = (values: readonly Tensor[]): Tensor => values.map((v) => sum(v)).reduce(add);

/**
 * One number that says whether the values that a step leaves behind are finite: their sum. NaN and
 * infinity pass through a sum; that of finite values may overflow as well, so that an alarm has to be
 * checked with `firstNonFinite`. It is taken once a call, not once a tick: what is not finite lasts in
 * a parameter or a moment. Cost: each value is read once.
 */
export function watchOf(values: readonly { name: string; shape: Shape }[]): Program {
  return program({ [watchName]: sumOf(values.map(({ name, shape }) => input(name, shape))) });
}

/** Where the first NaN or infinity is; −1 where there is none. */
export const firstNonFinite = (values: TypedArray): number =>
  values instanceof Float32Array ? values.findIndex((v) => !Number.isFinite(v)) : -1;
