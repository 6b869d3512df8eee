import type { Tensor } from "../../engine/ir/tensor.ts";
import { add, clip, div, exp, minimum, mul, reshape, sqrt, sub } from "../../engine/ops/index.ts";
import { type MapAxis, readAlong, sizeAlong } from "./_along.ts";
import { between, type Chance, ramp, type Transform } from "./transform.ts";

export interface CropResize {
  /** Least share of the area that is kept; 0.2 when absent. */
  readonly least?: number;
  /** Largest ratio of the sides, either way; 4/3 when absent. */
  readonly ratio?: number;
}

/**
 * A part of each image, of an even share of the area and an even logarithm of the ratio of its sides,
 * anywhere in the image, enlarged to the whole by linear interpolation. Szegedy et al. 2015,
 * arXiv:1409.4842, section 6; sides beyond the image are cut to it.
 */
export const cropResize =
  ({ least = 0.2, ratio = 4 / 3 }: CropResize = {}): Transform =>
  (images, chance) => {
    const n = images.shape[0]!;
    const side = sqrt(between(chance, n, least, 1));
    const most = Math.log(ratio) / 2;
    const stretch = exp(between(chance, n, -most, most));
    const tall = minimum(mul(side, stretch), 1);
    const wide = minimum(div(side, stretch), 1);
    const rows = along(images, chance, { axis: "height", share: tall });
    return along(rows, chance, { axis: "width", share: wide });
  };

/** One axis: `share` f32[n] of it, from anywhere. */
function along(
  images: Tensor,
  chance: Chance,
  { axis, share }: { readonly axis: MapAxis; readonly share: Tensor },
): Tensor {
  const [n, size] = [images.shape[0]!, sizeAlong(images, axis)];
  const column = (x: Tensor) => reshape(x, { shape: [n, 1] });
  const start = mul(mul(sub(1, share), chance.uniform([n])), size);
  const centres = mul(add(ramp(size), 0.5), column(share));
  const positions = sub(add(centres, column(start)), 0.5);
  // Half a pixel at the border has one neighbour only.
  return readAlong(images, clip(positions, { min: 0, max: size - 1 }), axis);
}
