import type { Tensor } from "../engine/ir/tensor.ts";
import * as ops from "../engine/ops/index.ts";
import type { Layer } from "./module.ts";

/*
 * Operators as layers. An operator's second argument is its attributes and a layer's its scope, so an
 * operator itself never goes into `sequential`.
 */

/** x, unchanged. */
export const identity: Layer = (x) => x;

/** max(x, 0). */
export const relu: Layer = (x) => ops.relu(x);

/** x where x > 0, else slope·x. */
export const leaky =
  (slope = 0.2): Layer =>
  (x) =>
    ops.leakyRelu(x, { alpha: slope });

/** Into (−1, 1). */
export const tanh: Layer = (x) => ops.tanh(x);

/** Into (0, 1). */
export const sigmoid: Layer = (x) => ops.sigmoid(x);

/** ln(1 + eˣ), into (0, ∞). */
export const softplus: Layer = (x) => ops.softplus(x);

/** x·Φ(x), exact. Hendrycks, Gimpel 2016, arXiv:1606.08415. */
export const gelu: Layer = (x) => ops.gelu(x);

/** x·sigmoid(x), also called swish. Elfwing, Uchibe, Doya 2017, arXiv:1702.03118. */
export const silu: Layer = (x) => ops.silu(x);

/** x where x > 0, else alpha·(eˣ − 1). Clevert, Unterthiner, Hochreiter 2016, arXiv:1511.07289. */
export const elu =
  (alpha = 1): Layer =>
  (x) =>
    ops.elu(x, { alpha });

/** The self-normalising elu. Klambauer et al. 2017, arXiv:1706.02515. */
export const selu: Layer = (x) => ops.selu(x);

/** a·sigmoid(b) of the two halves of the channels: [n,2c,…] → [n,c,…]. Dauphin et al. 2017, arXiv:1612.08083. */
export const glu: Layer = (x) => {
  const [a, b] = ops.split(x, { axis: 1, sizes: 2 }) as [Tensor, Tensor];
  return ops.mul(a, ops.sigmoid(b));
};

/** eˣ/Σeˣ along an axis, the last one when absent. */
export const softmax =
  ({ axis = -1 }: { readonly axis?: number } = {}): Layer =>
  (x) =>
    ops.softmax(x, { axis });
