import { stopGradient } from "../engine/autodiff/grad.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import {
  add,
  div,
  matmul,
  mul,
  reshape,
  rsqrt,
  square,
  sum,
  transpose,
} from "../engine/ops/index.ts";
import type { Initialiser } from "./variables.ts";
import type { WeightLayout, WeightTransform } from "./weight.ts";

export interface SpectralNorm {
  /** Power iterations at each application in training; 1 when absent. */
  readonly iterations?: number;
  /** Below this, a length counts as this; 1e-12 when absent. */
  readonly eps?: number;
}

/**
 * W/σ(W): a weight of spectral norm near 1, W read as [out, rest]. Miyato, Kataoka, Koyama, Yoshida
 * 2018, arXiv:1802.05957, algorithm 1; `torch.nn.utils.spectral_norm`.
 *
 * σ = uᵀWv, where u and v are data to the gradient. State `u` [out] and `v` [rest], unit vectors, move
 * by one power iteration at each application in training and stay otherwise. An averaged net takes the
 * latest of both: a mean of unit vectors is shorter than 1, and would make its weights too large.
 */
export const spectralNorm =
  ({ iterations = 1, eps = 1e-12 }: SpectralNorm = {}): WeightTransform =>
  (weight, scope, layout) => {
    const matrix = asMatrix(weight, layout);
    const [rows = 1, cols = 1] = matrix.shape;
    const [stateU, stateV] = [
      scope.state("u", [rows], unit, { latest: true }),
      scope.state("v", [cols], unit, { latest: true }),
    ];
    let u = reshape(stateU.read(), { shape: [1, rows] });
    let v = reshape(stateV.read(), { shape: [1, cols] });
    if (scope.training) {
      const data = stopGradient(matrix);
      for (let i = 0; i < iterations; i++) {
        v = normalise(matmul(u, data), eps);
        u = normalise(matmul(v, data, { transposeB: true }), eps);
      }
      // The step may differentiate through what it writes: neither here nor there.
      [u, v] = [stopGradient(u), stopGradient(v)];
      stateU.write(reshape(u, { shape: [rows] }));
      stateV.write(reshape(v, { shape: [cols] }));
    }
    const sigma = sum(mul(u, matmul(v, matrix, { transposeB: true })));
    return div(weight, sigma);
  };

/** Rows are output channels. */
function asMatrix(weight: Tensor, { outAxis }: WeightLayout): Tensor {
  const perm = [...weight.shape.keys()];
  if (outAxis === 1) perm.splice(0, 2, 1, 0);
  const outFirst = outAxis === 1 ? transpose(weight, { perm }) : weight;
  return reshape(outFirst, { shape: [outFirst.shape[0]!, -1] });
}

const normalise = (x: Tensor, eps: number): Tensor => mul(x, rsqrt(add(sum(square(x)), eps ** 2)));

/** A random direction. */
const unit: Initialiser = (random, shape) => {
  const v = random.normal(new Float32Array(shape[0]!));
  const length = Math.sqrt(v.reduce((total, x) => total + x * x, 0));
  return v.map((x) => x / length);
};
