import { reshape } from "../engine/ops/index.ts";
import { rescale } from "./_standardise.ts";
import { type BatchStatistics, batchStandardise } from "./batch-norm.ts";
import type { Conditioned, Conditioner } from "./conditioner.ts";
import type { Net } from "./module.ts";

/**
 * Batch normalisation of x [n,c,…] whose gain and bias come from a condition: `byClass(10)` for
 * labels, `byVector()` for vectors. The same two full-size operations as without condition.
 */
export const conditionalBatchNorm =
  (by: Conditioner, statistics: BatchStatistics = {}): Net<Conditioned> =>
  ({ x, condition }, scope) => {
    const [n = 1, channels = 1] = x.shape;
    const standard = batchStandardise(x, scope, statistics);
    const { gain, bias } = by(condition, channels, scope);
    const shape = [n, channels, ...x.shape.slice(2).map(() => 1)];
    return rescale(standard, reshape(gain, { shape }), reshape(bias, { shape }));
  };
