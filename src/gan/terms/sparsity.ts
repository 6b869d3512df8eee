import type { Tensor } from "../../engine/ir/tensor.ts";
import { abs, add, cast, div, greater, mean, mul, norm, reshape } from "../../engine/ops/index.ts";
import { notNegative } from "../advice.ts";
import type { Term } from "../game.ts";

export interface Sparsity<V> {
  /** λ; 0.01 when absent. */
  readonly weight?: number;
  /** The representations that are to be sparse: activations of chosen layers of the net that moves. */
  readonly of: (view: V) => readonly Tensor[];
}

/** The mean of values, each a tensor of no axes. */
const meanOf = (values: readonly Tensor[]): Tensor =>
  div(
    values.reduce((a, b) => add(a, b)),
    values.length,
  );

/**
 * λ · mean over layers l and over their values of |a_l|: a generator read as the synthesis of a picture
 * from codes over convolutional dictionaries, whose codes are sparse. A mean in the place of the source's
 * sum, so that λ means the same at every size. Ganz, Elad 2021, arXiv:2104.00464, section 3.
 */
export const sparsity = <V>({ weight = 0.01, of }: Sparsity<V>): Term<V> => ({
  id: "sparsity",
  apply(view) {
    const activations = of(view);
    const active = activations.map((a) => mean(cast(greater(abs(a), 0), { to: "f32" })));
    return {
      loss: mul(meanOf(activations.map((a) => mean(abs(a)))), weight),
      meaning:
        "mean size of the chosen activations, weighted; 0 = the net makes nothing of its code",
      unit: "activation",
      healthy: notNegative,
      readings: {
        "g.active": {
          value: meanOf(active),
          meaning: "share of the chosen activations that are not 0; falls as codes become sparse",
          unit: "share",
          healthy: { low: 0, high: 1 },
        },
      },
    };
  },
});

/**
 * A code times the lengths of its atoms: a[n, c, …] and the weights [out, c, …kernel] of the convolution that
 * reads it → ‖d_c‖₂·a_c, shaped as a. What a dictionary of atoms of length 1 would be given to make the same
 * picture: a plain size can shrink for nothing, by codes that fall as their atoms grow.
 */
export const inAtomLengths = (code: Tensor, atoms: Tensor): Tensor => {
  const [, channels = 1, ...kernel] = atoms.shape;
  const axes = [0, ...kernel.map((_, i) => i + 2)];
  const shape = [1, channels, ...code.shape.slice(2).map(() => 1)];
  return mul(code, reshape(norm(atoms, { axes }), { shape }));
};
