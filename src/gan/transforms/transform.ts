import { GanymedeError } from "../../core/errors.ts";
import { constant } from "../../engine/ir/leaves.ts";
import type { Operand } from "../../engine/ir/op.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import { add, floor, less, mul, reshape, select } from "../../engine/ops/index.ts";
import type { Scope } from "../../nn/trace.ts";

/** Where a transform's chance comes from: uniform noise in (0, 1), new at each call. */
export type Chance = Pick<Scope, "uniform">;

/**
 * Images [n,c,h,w] → as many of the same shape, each changed by chance of its own. A pure function of
 * the images and of the noise, differentiable in the images to any order.
 */
export type Transform = (images: Tensor, chance: Chance) => Tensor;

/** One transform after the other. */
export const piped =
  (...transforms: readonly Transform[]): Transform =>
  (images, chance) =>
    transforms.reduce((x, transform) => transform(x, chance), images);

/** `transform` on each image with probability `p`, in [0, 1]. */
export const sometimes =
  (p: Operand, transform: Transform): Transform =>
  (images, chance) => {
    const chosen = less(chance.uniform([images.shape[0]!, 1, 1, 1]), p);
    return select(chosen, transform(images, chance), images);
  };

/** One number an image, f32[n], as a factor of images. */
export const perImage = (x: Tensor): Tensor => reshape(x, { shape: [x.shape[0]!, 1, 1, 1] });

/** Uniform on (low, high), f32[n]. */
export const between = (chance: Chance, n: number, low: number, high: number): Tensor =>
  add(mul(chance.uniform([n]), high - low), low);

/** A whole number from 0 to `count` − 1, f32[n]. */
export const whole = (chance: Chance, n: number, count: number): Tensor =>
  floor(mul(chance.uniform([n]), count));

/** 0, 1, … as numbers to calculate with, f32[size]. */
export const ramp = (size: number): Tensor =>
  constant(
    Float64Array.from({ length: size }, (_, i) => i),
    [size],
  );

/** Throws `ITEMS` for what is not images [n,c,h,w] of at least 2x2 pixels. */
export function requireImages(where: string, { shape }: Tensor): void {
  if (shape.length === 4 && shape[2]! > 1 && shape[3]! > 1) return;
  throw new GanymedeError("ITEMS", {
    where,
    expected: "images [c,h,w] of at least 2x2 pixels",
    got: `items [${shape.slice(1)}]`,
    fix: "choose data with a field `image`, or leave this part out",
  });
}
