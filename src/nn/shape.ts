import type { Shape } from "../engine/ir/type.ts";
import * as ops from "../engine/ops/index.ts";
import type { Layer } from "./module.ts";

/** [n,…] → [n,d]. */
export const flatten: Layer = (x) => ops.reshape(x, { shape: [x.shape[0]!, -1] });

/** [n,…] → [n,…shape]; one size may be -1 and is inferred. */
export const reshape =
  (shape: Shape): Layer =>
  (x) =>
    ops.reshape(x, { shape: [x.shape[0]!, ...shape] });

/** A mirror border of `size` on all spatial axes: [n,c,…s] → [n,c,…s + 2·size]. */
export const reflectPad =
  (size: number): Layer =>
  (x) => {
    const border = x.shape.map((_, axis) => (axis < 2 ? 0 : size));
    return ops.reflectPad(x, { before: border, after: border });
  };
