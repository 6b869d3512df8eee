import type { Tensor } from "../../engine/ir/tensor.ts";
import {
  abs,
  add,
  cast,
  floor,
  gather,
  minimum,
  mul,
  reshape,
  sub,
  transpose,
} from "../../engine/ops/index.ts";
import { ramp } from "./transform.ts";

/**
 * Where each pixel of an image is read, in pixels from the image's middle: (x, y) → (a·x + b·y + e,
 * c·x + d·y + f). One number an image each, f32[n].
 */
export interface Affine {
  readonly a: Tensor;
  readonly b: Tensor;
  readonly c: Tensor;
  readonly d: Tensor;
  readonly e: Tensor;
  readonly f: Tensor;
}

/** Reads at `outer` of where `inner` says: of two changes of an image, `outer` came first. */
export const composed = (outer: Affine, inner: Affine): Affine => {
  const dot = (p: Tensor, q: Tensor, r: Tensor, s: Tensor) => add(mul(p, r), mul(q, s));
  return {
    a: dot(outer.a, outer.b, inner.a, inner.c),
    b: dot(outer.a, outer.b, inner.b, inner.d),
    c: dot(outer.c, outer.d, inner.a, inner.c),
    d: dot(outer.c, outer.d, inner.b, inner.d),
    e: add(dot(outer.a, outer.b, inner.e, inner.f), outer.e),
    f: add(dot(outer.c, outer.d, inner.e, inner.f), outer.f),
  };
};

/** Positions mirrored back and forth into [0, size − 1], the edge not repeated. */
function mirrored(positions: Tensor, size: number): Tensor {
  const last = size - 1;
  const turns = floor(mul(positions, 1 / (2 * last)));
  const within = sub(positions, mul(turns, 2 * last));
  return sub(last, abs(sub(within, last)));
}

/** The two whole positions about each, and how far it is on the way to the second. */
function about(positions: Tensor, size: number) {
  const low = minimum(floor(positions), size - 2);
  return { low, share: sub(positions, low) };
}

/**
 * Images [n,c,h,w] read at other places, linearly between four pixels and mirrored at their edges. It
 * is linear in the images. Sides of at least 2.
 */
export function affineRead(images: Tensor, at: Affine): Tensor {
  const [n, c, h, w] = images.shape as [number, number, number, number];
  const number = (t: Tensor) => reshape(t, { shape: [n, 1, 1] });
  const x = sub(ramp(w), (w - 1) / 2);
  const y = reshape(sub(ramp(h), (h - 1) / 2), { shape: [h, 1] });
  const line = (p: Tensor, q: Tensor, r: Tensor) =>
    add(add(mul(number(p), x), mul(number(q), y)), number(r));
  const column = about(mirrored(add(line(at.a, at.b, at.e), (w - 1) / 2), w), w);
  const row = about(mirrored(add(line(at.c, at.d, at.f), (h - 1) / 2), h), h);
  const pixels = reshape(transpose(images, { perm: [0, 2, 3, 1] }), { shape: [n * h * w, c] });
  const first = reshape(mul(ramp(n), h * w), { shape: [n, 1, 1] });
  const origin = add(add(mul(row.low, w), column.low), first);
  const corner = (offset: number, weight: Tensor) => {
    const index = cast(reshape(add(origin, offset), { shape: [n * h * w] }), { to: "i32" });
    return mul(gather(pixels, index, { axis: 0 }), reshape(weight, { shape: [n * h * w, 1] }));
  };
  const [right, down] = [column.share, row.share];
  const upper = add(
    corner(0, mul(sub(1, right), sub(1, down))),
    corner(1, mul(right, sub(1, down))),
  );
  const lower = add(corner(w, mul(sub(1, right), down)), corner(w + 1, mul(right, down)));
  const read = reshape(add(upper, lower), { shape: [n, h, w, c] });
  return transpose(read, { perm: [0, 3, 1, 2] });
}
