import { gather } from "../engine/ops/index.ts";
import { normal } from "./initialisers.ts";
import type { Layer } from "./module.ts";
import { type Weighted, weightOf } from "./weight.ts";

/**
 * One learnt vector for each of `count` things: i32 […] of values in [0, count) → f32 […,features].
 *
 * Parameter `weight` [count,features], N(0, 1) unless told otherwise.
 */
export const embedding =
  (
    count: number,
    features: number,
    { init = normal(1), ...options }: Pick<Weighted, "init" | "weightTransform"> = {},
  ): Layer =>
  (index, scope) => {
    const layout = { fanIn: features, outAxis: 0 } as const;
    const table = weightOf(scope, [count, features], layout, { ...options, init });
    return gather(table, index, { axis: 0 });
  };
