import type { Tensor } from "../../engine/ir/tensor.ts";
import { leaky } from "../../nn/activations.ts";
import { capsuleLengths, capsules, primaryCapsules } from "../../nn/capsules.ts";
import { conv } from "../../nn/conv.ts";
import { normal } from "../../nn/initialisers.ts";
import { type Layer, type Net, sequential } from "../../nn/module.ts";

export interface CapsuleShape {
  /** [channels, height, width]. */
  readonly image: readonly number[];
  /** Channels of the first convolution, doubled by each further one. */
  readonly width: number;
  /** Kinds of primary capsules, of `size` numbers each. */
  readonly kinds: number;
  readonly size: number;
  /** Capsules that decide, of twice as many numbers: one for each answer. */
  readonly answers: number;
  /** Rounds of routing; 3 when absent. */
  readonly rounds?: number;
  /** Of the primary capsules' map, and of maps before it but the first; none when absent. */
  readonly norm?: Layer;
}

/** The largest map that primary capsules look at: their number grows with its area. */
const largest = 16;

/**
 * Images f32[n,c,h,w] → lengths f32[n,answers] in [0, 1) of capsules: convolutions that halve the map, at
 * least one and down to 16 pixels or fewer, primary capsules that halve it once more, and routing by
 * agreement. After Sabour, Frosst, Hinton 2017, arXiv:1710.09829, section 4, with kernels for small images.
 */
export function capsuleLayers(o: CapsuleShape): Net<Tensor, Tensor> {
  const step = { kernel: 4, stride: 2, pad: 1, init: normal(0.05) };
  const layers: Record<string, Layer> = {};
  let side = Math.max(...o.image.slice(1));
  for (let i = 0; i === 0 || side > largest; i++) {
    const norm = i > 0 ? o.norm : undefined;
    layers[`down${i}`] = conv(o.width * 2 ** i, { ...step, bias: !norm });
    if (norm) layers[`norm${i}`] = norm;
    layers[`act${i}`] = leaky(0.2);
    side = Math.floor(side / 2);
  }
  const { kinds, size, answers: count, rounds } = o;
  layers.primary = primaryCapsules({ kinds, size, ...step, bias: !o.norm, norm: o.norm });
  layers.answers = capsules({ count, size: 2 * size, ...(rounds !== undefined && { rounds }) });
  layers.length = capsuleLengths;
  return sequential(layers);
}
