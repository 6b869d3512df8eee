import type { Tensor } from "../../engine/ir/tensor.ts";
import { abs, add, reshape, sub } from "../../engine/ops/index.ts";
import { type MapAxis, readAlong, sizeAlong } from "./_along.ts";
import { type Chance, ramp, type Transform, whole } from "./transform.ts";

export interface Translation {
  /** Largest shift as a share of the side, rounded to whole pixels; 1/8 when absent. */
  readonly share?: number;
  /** What comes in from outside: black-and-white's middle, 0, or the image mirrored at its edge. */
  readonly border?: "zero" | "mirror";
}

/** Positions mirrored at the first and the last of `size` pixels, whose edge is not repeated. */
const mirrored = (positions: Tensor, size: number): Tensor => {
  const below = abs(positions);
  return sub(size - 1, abs(sub(size - 1, below)));
};

/** Each image shifted by whole pixels, evenly within ± the share of each side. */
export const translation =
  ({ share = 1 / 8, border = "zero" }: Translation = {}): Transform =>
  (images, chance) => {
    const along = (x: Tensor, axis: MapAxis) => {
      const positions = shifted(chance, x, { axis, share });
      return readAlong(
        x,
        border === "mirror" ? mirrored(positions, sizeAlong(x, axis)) : positions,
        axis,
      );
    };
    return along(along(images, "height"), "width");
  };

/** Where each pixel of an axis comes from, f32[n, size]. */
function shifted(
  chance: Chance,
  images: Tensor,
  { axis, share }: { readonly axis: MapAxis; readonly share: number },
): Tensor {
  const n = images.shape[0]!;
  const size = sizeAlong(images, axis);
  const most = Math.floor(size * share + 0.5);
  const shift = sub(whole(chance, n, 2 * most + 1), most);
  return add(reshape(shift, { shape: [n, 1] }), ramp(size));
}
