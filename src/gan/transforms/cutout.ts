import type { Tensor } from "../../engine/ir/tensor.ts";
import { cast, greaterEqual, less, logicalAnd, mul, reshape, sub } from "../../engine/ops/index.ts";
import { type MapAxis, sizeAlong } from "./_along.ts";
import { type Chance, ramp, type Transform, whole } from "./transform.ts";

/**
 * A square of `share` of each side, its centre anywhere in the image, is 0: the middle of [−1, 1].
 * DeVries, Taylor 2017, arXiv:1708.04552; the half size of Zhao et al. 2020, arXiv:2006.10738.
 */
export const cutout =
  (share = 0.5): Transform =>
  (images, chance) => {
    const [rows, columns] = (["height", "width"] as const).map((axis) =>
      covered(images, chance, { axis, share }),
    );
    const [n, , h, w] = images.shape as [number, number, number, number];
    const hole = mul(
      reshape(rows!, { shape: [n, 1, h, 1] }),
      reshape(columns!, { shape: [n, 1, 1, w] }),
    );
    return mul(images, sub(1, hole));
  };

/** 1 where the square covers an axis, else 0, f32[n, size]. */
function covered(
  images: Tensor,
  chance: Chance,
  { axis, share }: { readonly axis: MapAxis; readonly share: number },
): Tensor {
  const n = images.shape[0]!;
  const size = sizeAlong(images, axis);
  const side = Math.floor(size * share + 0.5);
  const centre = whole(chance, n, size + 1 - (side % 2));
  const first = reshape(sub(centre, Math.floor(side / 2)), { shape: [n, 1] });
  const from = sub(ramp(size), first);
  return cast(logicalAnd(greaterEqual(from, 0), less(from, side)), { to: "f32" });
}
