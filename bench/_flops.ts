import { ancestors, type Tensor } from "../src/engine/ir/tensor.ts";
import { sizeOf } from "../src/engine/ir/type.ts";
import { conv, convTranspose, convWeight, matmul } from "../src/engine/ops/index.ts";
import type { Program } from "../src/engine/program.ts";

/** Floating-point operations of a program, a multiplication and an addition counting as two. */
export interface Flops {
  /** `conv`: the forward pass of convolutions, the image gradient of transposed ones. */
  readonly forward: number;
  /** `convTranspose`: image gradients, and the forward pass of transposed convolutions. */
  readonly inputGradient: number;
  /** `convWeight`. */
  readonly weightGradient: number;
  /** `matmul`. */
  readonly product: number;
  readonly total: number;
}

/** Names of operators, as nodes of a graph bear them, by their kind in `Flops`. */
export const operators = {
  forward: conv.record.name,
  inputGradient: convTranspose.record.name,
  weightGradient: convWeight.record.name,
  product: matmul.record.name,
} as const;

/** All products of a convolution whose result (of the forward pass) is y: k²·c/groups for each. */
const convolution = (y: Tensor, w: Tensor): number =>
  2 * sizeOf(y.shape) * sizeOf(w.shape.slice(1));

const counts: Readonly<Record<keyof typeof operators, (t: Tensor) => number>> = {
  forward: (y) => convolution(y, y.inputs[1]!),
  inputGradient: (x) => convolution(x.inputs[0]!, x.inputs[1]!),
  weightGradient: (w) => convolution(w.inputs[1]!, w),
  product: (t) => {
    const inner = t.inputs[0]!.shape.at(t.attrs.transposeA ? -2 : -1)!;
    return 2 * sizeOf(t.shape) * inner;
  },
};

/**
 * Counts the convolutions and matrix products of one run of a program as they are defined, products
 * with padding included, whatever a lowering makes of them. The rest of a training step, elementwise
 * and sums, is below a hundredth of them and is not counted.
 */
export function flopsOf({ outputs }: Program): Flops {
  const nodes = ancestors(Object.values(outputs));
  const totals = Object.entries(counts).map(([kind, count]) => {
    const name = operators[kind as keyof typeof operators];
    const each = nodes.map((t) => (t.record.name === name ? count(t) : 0));
    return [kind, each.reduce((a, b) => a + b, 0)] as const;
  });
  const total = totals.reduce((sum, [, flops]) => sum + flops, 0);
  return { ...(Object.fromEntries(totals) as Omit<Flops, "total">), total };
}
