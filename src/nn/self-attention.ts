import type { Tensor } from "../engine/ir/tensor.ts";
import { add, matmul, maxPool, mul, reshape, softmax } from "../engine/ops/index.ts";
import { attends } from "./attended.ts";
import { conv } from "./conv.ts";
import { zeros } from "./initialisers.ts";
import type { Layer } from "./module.ts";
import type { Weighted } from "./weight.ts";

export interface SelfAttention extends Pick<Weighted, "bias" | "init" | "weightTransform"> {
  /** Channels of queries and keys: c over this; 8 when absent. */
  readonly keyReduction?: number;
  /** Channels of values: c over this; 2 when absent, as in the authors' code (8 in the paper). */
  readonly valueReduction?: number;
  /** Keys and values at half the resolution, by 2x2 max-pooling as in BigGAN; true when absent. */
  readonly pool?: boolean;
}

/**
 * x + γ·attention(x), x [n,c,h,w]: every pixel gathers values from all pixels by softmax(queryᵀ key).
 * Zhang, Goodfellow, Metaxas, Odena 2019, arXiv:1805.08318, eq. 1–3; pooled as in Brock, Donahue,
 * Simonyan 2019, arXiv:1809.11096. Without bias unless `bias` is true.
 *
 * Parameters: 1x1 convolutions `query`, `key`, `value`, `out`, and `gamma` [], which begins at 0.
 */
export const selfAttention =
  (options: SelfAttention = {}): Layer =>
  (x, scope) => {
    const { keyReduction = 8, valueReduction = 2, pool = true, ...weighted } = options;
    const [n = 1, c = 1, h = 1, w = 1] = x.shape;
    const keys = Math.max(1, Math.floor(c / keyReduction));
    const values = Math.max(1, Math.floor(c / valueReduction));
    const project = (name: string, channels: number) =>
      conv(channels, { kernel: 1, bias: false, ...weighted })(x, scope.child(name));
    const seen = (name: string, channels: number) => {
      const full = project(name, channels);
      return pool ? maxPool(full, { kernel: [2, 2] }) : full;
    };
    const flat = (map: Tensor) => reshape(map, { shape: [n, map.shape[1]!, -1] });
    const query = flat(project("query", keys));
    const key = seen("key", keys);
    // [n, h·w, seen]
    const weights = softmax(matmul(query, flat(key), { transposeA: true }));
    attends(weights, { from: [h, w], to: key.shape.slice(2) });
    const gathered = matmul(flat(seen("value", values)), weights, { transposeB: true });
    const image = reshape(gathered, { shape: [n, values, h, w] });
    const out = conv(c, { kernel: 1, bias: false, ...weighted })(image, scope.child("out"));
    return add(x, mul(out, scope.parameter("gamma", [], zeros)));
  };
