import type { Tensor } from "../engine/ir/tensor.ts";
import { mul } from "../engine/ops/index.ts";
import { sigmoid, silu } from "./activations.ts";
import { conv } from "./conv.ts";
import { type Net, sequential } from "./module.ts";
import { resize } from "./upsample.ts";
import type { WeightTransform } from "./weight.ts";

/** Two maps of one net: [n,a,h,w], and the later [n,b,H,W] that it excites. */
export interface Excited {
  readonly low: Tensor;
  readonly high: Tensor;
}

/**
 * high · sigmoid(1x1(swish(4x4(low at 4x4)))): a small map says how much of each channel of a large one
 * there is to be, a way for gradients around what lies between. Liu, Zhu, Song, Elgammal 2021,
 * arXiv:2101.04775, equation 1.
 */
export const skipExcitation =
  ({
    weightTransform,
  }: {
    readonly weightTransform?: WeightTransform | undefined;
  } = {}): Net<Excited, Tensor> =>
  ({ low, high }, scope) => {
    const options = { bias: false, ...(weightTransform && { weightTransform }) };
    const channels = high.shape[1]!;
    const gate = sequential({
      pool: resize(4, "area"),
      squeeze: conv(channels, { kernel: 4, ...options }),
      act: silu,
      excite: conv(channels, { kernel: 1, ...options }),
      gate: sigmoid,
    });
    return mul(high, gate(low, scope));
  };
