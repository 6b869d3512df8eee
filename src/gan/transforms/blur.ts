import type { Tensor } from "../../engine/ir/tensor.ts";
import { div, mul, reshape, softmax, square, sub } from "../../engine/ops/index.ts";
import { type MapAxis, mappedAlong, sizeAlong } from "./_along.ts";
import { between, ramp, type Transform } from "./transform.ts";

/**
 * Each image blurred by a Gaussian whose deviation, in pixels, is even between `least` and `most`; near
 * the border the weights that are left add up to 1. Chen et al. 2020, arXiv:2002.05709, appendix A.
 */
export const blur =
  (least = 0.1, most = 2): Transform =>
  (images, chance) => {
    const n = images.shape[0]!;
    const narrow = div(-0.5, square(between(chance, n, least, most)));
    const along = (x: Tensor, axis: MapAxis) => {
      const size = sizeAlong(x, axis);
      const apart = square(sub(reshape(ramp(size), { shape: [size, 1] }), ramp(size)));
      const weights = softmax(mul(apart, reshape(narrow, { shape: [n, 1, 1] })), { axis: 2 });
      return mappedAlong(x, weights, axis);
    };
    return along(along(images, "height"), "width");
  };
