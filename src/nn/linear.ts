import { add, matmul, reshape } from "../engine/ops/index.ts";
import type { Layer } from "./module.ts";
import { biasOf, type Weighted, weightOf } from "./weight.ts";

/**
 * y = x·Wᵀ + b over the last axis: x [n,…,in] → [n,…,outFeatures].
 *
 * Parameters `weight` [out,in] and `bias` [out]; both U(±1/√in) unless told otherwise.
 */
export const linear =
  (outFeatures: number, options: Weighted = {}): Layer =>
  (x, scope) => {
    const { bias = true, biasInit } = options;
    const fanIn = x.shape.at(-1)!;
    const shape = [outFeatures, fanIn];
    const weight = weightOf(scope, shape, { fanIn, outAxis: 0 }, options);
    // One product of matrices, so that the weight gradient is one too.
    const rows = reshape(x, { shape: [-1, fanIn] });
    const product = matmul(rows, weight, { transposeB: true });
    const flat = bias
      ? add(product, biasOf(scope, { size: outFeatures, rank: 2, weight: shape }, biasInit))
      : product;
    return reshape(flat, { shape: [...x.shape.slice(0, -1), outFeatures] });
  };
