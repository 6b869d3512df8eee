import type { Tensor } from "../../engine/ir/tensor.ts";
import { abs, matmul, relu, reshape, sub } from "../../engine/ops/index.ts";
import { ramp } from "./transform.ts";

/** The two axes of a map, [n,c,height,width]. */
export type MapAxis = "height" | "width";

export const sizeAlong = (images: Tensor, axis: MapAxis): number =>
  images.shape[axis === "height" ? 2 : 3]!;

/** Each image's own matrix f32[n, size, size] applied along an axis: y = A·x, or y = x·Aᵀ. */
export function mappedAlong(images: Tensor, matrices: Tensor, axis: MapAxis): Tensor {
  const [n, to, from] = matrices.shape as [number, number, number];
  const shared = reshape(matrices, { shape: [n, 1, to, from] });
  return axis === "height" ? matmul(shared, images) : matmul(images, shared, { transposeB: true });
}

/**
 * Images read at positions f32[n, size] of an axis, in pixels from the first one's centre, linearly
 * between two; 0 beyond the border. Whole positions give pixels exactly.
 */
export function readAlong(images: Tensor, positions: Tensor, axis: MapAxis): Tensor {
  const [n, to] = positions.shape as [number, number];
  const apart = abs(sub(reshape(positions, { shape: [n, to, 1] }), ramp(sizeAlong(images, axis))));
  return mappedAlong(images, relu(sub(1, apart)), axis);
}
