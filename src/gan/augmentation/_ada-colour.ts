import type { Tensor } from "../../engine/ir/tensor.ts";
import { add, mul, sub } from "../../engine/ops/index.ts";
import { normals } from "../../nn/_normals.ts";
import { channelMean, turned } from "../transforms/colour.ts";
import { type Chance, perImage, whole } from "../transforms/transform.ts";
import { angles, type Draw, doublings } from "./_ada-geometry.ts";

/**
 * Brightness N(0, 0.2²), contrast 2^N(0, ½²), luma flipped or not, hue turned by any angle, saturation
 * 2^N(0, 1). All act on a pixel's mean m over channels and on the rest r apart: m' = ±c·(m + b), r' =
 * s·c·(r turned about the grey axis). One channel has no r.
 */
export function recoloured(images: Tensor, chance: Chance, draw: Draw): Tensor {
  const n = images.shape[0]!;
  const brightness = draw(mul(normals(chance, [n]), 0.2), 0);
  const contrast = draw(doublings(chance, n, 0.5), 1);
  const luma = draw(sub(1, mul(whole(chance, n, 2), 2)), 1);
  const hue = draw(angles(chance, n), 0);
  const saturation = draw(doublings(chance, n, 1), 1);
  const middle = channelMean(images);
  const light = mul(add(middle, perImage(brightness)), perImage(mul(contrast, luma)));
  const chroma = turned(sub(images, middle), hue);
  return add(light, mul(chroma, perImage(mul(contrast, saturation))));
}
