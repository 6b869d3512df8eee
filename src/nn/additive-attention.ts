import { mul, reshape, softmax, sum } from "../engine/ops/index.ts";
import { normal } from "./initialisers.ts";
import { linear } from "./linear.ts";
import type { Layer } from "./module.ts";
import type { Weighted } from "./weight.ts";

export interface AdditiveAttention extends Pick<Weighted, "init" | "weightTransform"> {
  /** Parts that attend on their own, of c/heads numbers each; 4 when absent. */
  readonly heads?: number;
}

/**
 * Attention that grows with the number of tokens and not with its square, x [n,t,c] → [n,t,c]. In each
 * head one score a token, αᵢ = softmax_i(wᵀqᵢ/√d), makes one vector g = Σ αᵢ·qᵢ of all queries, and every
 * token's value is multiplied by it, element by element. Morales-Juarez, Fuentes 2024, arXiv:2401.09596,
 * section 3; additive attention of Wu, Wu, Qi, Huang, Xie 2021, arXiv:2108.09084. Time O(t·c²).
 *
 * Parameters: linear maps `query`, `value`, `out`, and `score.weight` [heads, c/heads].
 */
export const additiveAttention =
  ({ heads = 4, ...weighted }: AdditiveAttention = {}): Layer =>
  (x, scope) => {
    const [n = 1, t = 1, c = 1] = x.shape;
    const d = c / heads;
    const project = (name: string) =>
      reshape(linear(c, { bias: false, ...weighted })(x, scope.child(name)), {
        shape: [n, t, heads, d],
      });
    const query = project("query");
    const weight = scope.child("score").parameter("weight", [heads, d], normal(1));
    const scores = mul(sum(mul(query, weight), { axes: [3], keep: true }), 1 / Math.sqrt(d));
    const all = sum(mul(softmax(scores, { axis: 1 }), query), { axes: [1], keep: true });
    const heard = reshape(mul(project("value"), all), { shape: [n, t, c] });
    return linear(c, weighted)(heard, scope.child("out"));
  };
