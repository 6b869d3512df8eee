import { constant } from "../../engine/ir/leaves.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import { add, clip, cos, expand, mean, mul, roll, sin, sub, sum } from "../../engine/ops/index.ts";
import { between, perImage, type Transform } from "./transform.ts";

/** The mean of an image's channels, [n,1,h,w]. */
export const channelMean = (images: Tensor): Tensor => mean(images, { axes: [1], keep: true });

/** ITU-R BT.601: how bright red, green and blue look. */
const luma = [0.299, 0.587, 0.114];

/** How bright a pixel looks, [n,1,h,w]: weighted for three channels, else the mean. */
export function brightnessOf(images: Tensor): Tensor {
  if (images.shape[1] !== luma.length) return channelMean(images);
  return sum(mul(images, constant(luma, [1, 3, 1, 1])), { axes: [1], keep: true });
}

/**
 * What an image has beyond its grey, turned about the grey axis by an angle f32[n] in radians: another
 * hue. `chroma` [n,3,h,w] has channels of mean 0; with another number of channels there is no hue.
 */
export function turned(chroma: Tensor, angle: Tensor): Tensor {
  if (chroma.shape[1] !== 3) return chroma;
  const across = sub(roll(chroma, { axis: 1, shift: 1 }), roll(chroma, { axis: 1, shift: -1 }));
  const [c, s] = [perImage(cos(angle)), perImage(sin(angle))];
  return add(mul(chroma, c), mul(across, mul(s, 1 / Math.sqrt(3))));
}

/**
 * DiffAugment's colour: a number of ±½ is added; what a pixel has beyond its channels' mean is
 * multiplied by one in (0, 2), what it has beyond the image's mean by one in (½, 3/2). Zhao, Liu, Lin,
 * Zhu, Han 2020, arXiv:2006.10738, and the authors' code.
 */
export const colour: Transform = (images, chance) => {
  const n = images.shape[0]!;
  const around = (x: Tensor, middle: Tensor, factor: Tensor) =>
    add(middle, mul(sub(x, middle), perImage(factor)));
  const light = add(images, perImage(between(chance, n, -0.5, 0.5)));
  const vivid = around(light, channelMean(light), between(chance, n, 0, 2));
  return around(vivid, mean(vivid, { axes: [1, 2, 3], keep: true }), between(chance, n, 0.5, 1.5));
};

/** Each image without colour, all of its channels being how bright it looks. */
export const grey: Transform = (images) => expand(brightnessOf(images), { shape: images.shape });

export interface Jitter {
  /** Each value is multiplied by one in 1 ± this. */
  readonly brightness: number;
  /** The same for what a pixel has beyond the image's mean grey. */
  readonly contrast: number;
  /** The same for what a pixel has beyond its own grey. */
  readonly saturation: number;
  /** The hue turns by this share of a circle at most, either way. */
  readonly hue: number;
}

/**
 * Colour jitter of images in [−1, 1], held within it after each of four changes. Chen, Kornblith,
 * Norouzi, Hinton 2020, arXiv:2002.05709, appendix A, where it is done in random order and hue is HSV's;
 * here it is a turn about the grey axis, which is linear.
 */
export const jitter =
  (by: Jitter): Transform =>
  (images, chance) => {
    const n = images.shape[0]!;
    const about = (reach: number) => perImage(between(chance, n, 1 - reach, 1 + reach));
    const within = (x: Tensor) => clip(x, { min: -1, max: 1 });
    const around = (x: Tensor, middle: Tensor, reach: number) =>
      within(add(middle, mul(sub(x, middle), about(reach))));
    const light = around(images, constant(-1, [1, 1, 1, 1]), by.brightness);
    const middle = mean(brightnessOf(light), { axes: [1, 2, 3], keep: true });
    const strong = around(light, middle, by.contrast);
    const vivid = around(strong, brightnessOf(strong), by.saturation);
    const centre = channelMean(vivid);
    const angle = between(chance, n, -2 * Math.PI * by.hue, 2 * Math.PI * by.hue);
    return within(add(centre, turned(sub(vivid, centre), angle)));
  };
