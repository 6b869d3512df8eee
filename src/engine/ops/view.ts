import type { Tensor } from "../ir/tensor.ts";
import { normaliseAxes, shapeError, showType, sizeOf } from "../ir/type.ts";
import { reshape } from "./reshape.ts";

/** x without axes of size 1: the given ones, which must have it, or all that do. */
export function squeeze(x: Tensor, { axes }: { axes?: readonly number[] } = {}): Tensor {
  const gone = axes
    ? normaliseAxes(axes, x.shape.length)
    : [...x.shape.keys()].filter((a) => x.shape[a] === 1);
  if (gone.some((a) => x.shape[a] !== 1)) {
    shapeError("squeeze", `size 1 on axes ${gone}`, showType(x), "squeeze other axes");
  }
  return reshape(x, { shape: x.shape.filter((_, a) => !gone.includes(a)) });
}

/** x with new axes of size 1, at these places of the result. */
export function unsqueeze(x: Tensor, { axes }: { axes: readonly number[] }): Tensor {
  const rank = x.shape.length + axes.length;
  const fresh = normaliseAxes(axes, rank);
  const old = [...x.shape];
  const shape = Array.from({ length: rank }, (_, a) => (fresh.includes(a) ? 1 : old.shift()!));
  return reshape(x, { shape });
}

/** Joins all axes from `from` on into one. [n,c,h,w] → [n,c·h·w] by default. */
export function flatten(x: Tensor, { from = 1 }: { from?: number } = {}): Tensor {
  const kept = x.shape.slice(0, from);
  return reshape(x, { shape: [...kept, sizeOf(x.shape.slice(from))] });
}
