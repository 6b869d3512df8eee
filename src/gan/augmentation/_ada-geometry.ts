import { constant } from "../../engine/ir/leaves.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import {
  add,
  cos,
  div,
  exp,
  floor,
  less,
  maximum,
  mul,
  neg,
  select,
  sin,
  sqrt,
  sub,
} from "../../engine/ops/index.ts";
import { normals } from "../../nn/_normals.ts";
import { type Affine, affineRead, composed } from "../transforms/affine.ts";
import { type Chance, whole } from "../transforms/transform.ts";

/** Draws the parameters of a change: `value` with probability p, else `neutral`, f32[n]. */
export type Draw = (value: Tensor, neutral: number, p?: Tensor) => Tensor;

export const drawWith =
  (chance: Chance, probability: Tensor): Draw =>
  (value, neutral, p = probability) =>
    select(less(chance.uniform(value.shape), p), value, neutral);

/** exp(N(0, (ln 2·deviation)²)) = 2^N(0, deviation²), f32[n]. */
export const doublings = (chance: Chance, n: number, deviation: number): Tensor =>
  exp(mul(normals(chance, [n]), Math.LN2 * deviation));

/** U(−π, π), f32[n]. */
export const angles = (chance: Chance, n: number): Tensor =>
  mul(sub(chance.uniform([n]), 0.5), 2 * Math.PI);

const still = (n: number) => ({ zero: constant(0, [n]), one: constant(1, [n]) });

function stretched(x: Tensor, y: Tensor): Affine {
  const { zero } = still(x.shape[0]!);
  return { a: x, b: zero, c: zero, d: y, e: zero, f: zero };
}

function rotated(angle: Tensor): Affine {
  const { zero } = still(angle.shape[0]!);
  const [c, s] = [cos(angle), sin(angle)];
  return { a: c, b: s, c: neg(s), d: c, e: zero, f: zero };
}

function moved(x: Tensor, y: Tensor): Affine {
  const { zero, one } = still(x.shape[0]!);
  return { a: one, b: zero, c: zero, d: one, e: x, f: y };
}

/** Mirror images, quarter turns and shifts by whole pixels of up to 1/8: pixels stay what they are. */
export function blits(images: Tensor, chance: Chance, draw: Draw): Affine {
  const [n, , h, w] = images.shape as [number, number, number, number];
  const mirrored = draw(sub(1, mul(whole(chance, n, 2), 2)), 1);
  const turns = draw(whole(chance, n, 4), 0);
  const shift = (side: number) => floor(add(mul(sub(chance.uniform([n]), 0.5), side * 0.25), 0.5));
  // One throw decides on both axes of a shift.
  const shifted = draw(constant(1, [n]), 0);
  return [
    rotated(mul(turns, Math.PI / 2)),
    moved(mul(shift(w), shifted), mul(shift(h), shifted)),
  ].reduce(composed, stretched(mirrored, constant(1, [n])));
}

/**
 * Scale and stretch of 2^N(0, 0.2²), two turns by any angle, before and after the stretch, and a shift
 * of N(0, 1/8²) sides. The turns are drawn so that the probability of either is p.
 */
export function warps(
  images: Tensor,
  chance: Chance,
  { draw, p }: { readonly draw: Draw; readonly p: Tensor },
): Affine {
  const [n, , h, w] = images.shape as [number, number, number, number];
  const either = sub(1, sqrt(maximum(sub(1, p), 0)));
  const turn = () => rotated(draw(angles(chance, n), 0, either));
  const scale = draw(doublings(chance, n, 0.2), 1);
  const before = turn();
  const stretch = draw(doublings(chance, n, 0.2), 1);
  const after = turn();
  const shifted = draw(constant(1, [n]), 0);
  const shift = (side: number) => mul(mul(normals(chance, [n]), side / 8), shifted);
  return [before, stretched(div(1, stretch), stretch), after, moved(shift(w), shift(h))].reduce(
    composed,
    stretched(div(1, scale), div(1, scale)),
  );
}

/** All changes of places at once, so that pixels are interpolated once. */
export const placed = (images: Tensor, changes: readonly Affine[]): Tensor =>
  changes.length === 0 ? images : affineRead(images, changes.reduce(composed));
