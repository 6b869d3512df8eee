import type { Tensor } from "../engine/ir/tensor.ts";
import { type Shape, sizeOf } from "../engine/ir/type.ts";
import { reshape } from "../engine/ops/index.ts";
import { torchDefault, uniform } from "./initialisers.ts";
import type { Scope } from "./trace.ts";
import type { Initialiser } from "./variables.ts";

/** What a transform must know of a weight beyond its shape. */
export interface WeightLayout {
  /** Values that feed one output: input channels (of a group) × kernel size. */
  readonly fanIn: number;
  /** The axis of output channels: 1 for transposed convolutions, else 0. */
  readonly outAxis: 0 | 1;
}

/** The weight that a layer really uses, from the one that is learnt: spectral norm, equalised rate. */
export type WeightTransform = (weight: Tensor, scope: Scope, layout: WeightLayout) => Tensor;

/** Options of every layer that multiplies by a learnt weight. */
export interface Weighted {
  readonly bias?: boolean;
  /** Sees [out, in/groups, …kernel]; PyTorch's default when absent. */
  readonly init?: Initialiser;
  /** PyTorch's U(±1/√fan-in) when absent. */
  readonly biasInit?: Initialiser;
  readonly weightTransform?: WeightTransform;
}

/** Declares `<scope>.weight` and returns it transformed. */
export function weightOf(
  scope: Scope,
  shape: Shape,
  layout: WeightLayout,
  { init = torchDefault, weightTransform }: Pick<Weighted, "init" | "weightTransform">,
): Tensor {
  const weight = scope.parameter("weight", shape, init);
  return weightTransform ? weightTransform(weight, scope, layout) : weight;
}

/** `<scope>.bias` of `size` values, shaped to be added along axis 1 of a result of `rank` axes. */
export function biasOf(
  scope: Scope,
  { size, rank, weight }: { size: number; rank: number; weight: Shape },
  init?: Initialiser,
): Tensor {
  // PyTorch's fan-in: all but the first axis, whatever they mean.
  const bound = 1 / Math.sqrt(sizeOf(weight.slice(1)));
  const bias = scope.parameter("bias", [size], init ?? uniform(bound));
  return reshape(bias, { shape: [1, size, ...new Array<number>(rank - 2).fill(1)] });
}
