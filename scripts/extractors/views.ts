/** What a batch of images becomes before an extractor in training sees it. */
import type { Tensor } from "../../src/engine/ir/tensor.ts";
import * as ops from "../../src/engine/ops/index.ts";
import type { Turn } from "../../src/gan/game.ts";

/** How far images are moved at random. */
export interface Wobble {
  /** Pixels, either way, along each axis. */
  readonly shift: number;
  /** Share of the size, either way, along each axis. */
  readonly stretch: number;
}

/**
 * Each image shifted and stretched along each axis, bilinearly: out = R·x·Cᵀ, where a row of R holds
 * the weights of the two pixels about the place it reads.
 */
export function wobble(images: Tensor, turn: Turn, { shift, stretch }: Wobble): Tensor {
  const [n, , side] = images.shape as [number, number, number];
  const within = (reach: number) => ops.mul(ops.sub(turn.uniform([n, 1, 1, 1]), 0.5), 2 * reach);
  const centre = (side - 1) / 2;
  const places = ops.cast(ops.iota(side), { to: "f32" });
  const target = ops.sub(ops.reshape(places, { shape: [1, 1, side, 1] }), centre);
  const pixels = ops.sub(ops.reshape(places, { shape: [1, 1, 1, side] }), centre);
  const weights = () => {
    const read = ops.add(ops.mul(target, ops.add(within(stretch), 1)), within(shift));
    return ops.relu(ops.sub(1, ops.abs(ops.sub(read, pixels))));
  };
  // Background is −1: moved to 0, so that what comes in from outside is background.
  const rows = ops.matmul(weights(), ops.add(images, 1));
  return ops.sub(ops.matmul(rows, weights(), { transposeB: true }), 1);
}

/**
 * The second half of a batch [n,1,28,28] as the data's 16x16 form looks when it is brought to 28x28:
 * padded to 32, averaged 2x2, resampled bilinearly. A generator of 16x16 images is judged like that.
 */
export function halfCoarse(images: Tensor): Tensor {
  const [n, , side] = images.shape as [number, number, number];
  const half = n / 2;
  const sharp = ops.sliceAxis(images, { axis: 0, start: 0, end: half });
  const rest = ops.sliceAxis(images, { axis: 0, start: half, end: n });
  const border = { before: [0, 0, 1, 1], after: [0, 0, 1, 1], value: -1 };
  const small = ops.pad(ops.avgPool(rest, { kernel: [2, 2] }), border);
  const coarse = ops.resample(small, { size: [side, side], filter: "bilinear" });
  return ops.concat([sharp, coarse], { axis: 0 });
}

/** Each image with a square of `side` pixels, at a random place, filled with background. */
export function cutSquare(images: Tensor, turn: Turn, side: number): Tensor {
  const [n, , size] = images.shape as [number, number, number];
  const places = ops.cast(ops.iota(size), { to: "f32" });
  const inside = (shape: readonly number[]): Tensor => {
    const centre = ops.mul(turn.uniform([n, 1, 1, 1]), size);
    const off = ops.abs(ops.sub(ops.reshape(places, { shape }), centre));
    return ops.step(ops.sub(side / 2, off));
  };
  const hole = ops.mul(inside([1, 1, size, 1]), inside([1, 1, 1, size]));
  return ops.sub(ops.mul(ops.add(images, 1), ops.sub(1, hole)), 1);
}
