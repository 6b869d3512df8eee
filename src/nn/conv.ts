import { sizeOf } from "../engine/ir/type.ts";
import { add, conv as convolve } from "../engine/ops/index.ts";
import { padsOf, resolveWindow, type Window } from "./_geometry.ts";
import type { Layer } from "./module.ts";
import { biasOf, type Weighted, weightOf } from "./weight.ts";

export type { Padding, PerAxis, Window } from "./_geometry.ts";

/** `pad: "same"` gives ⌈in/stride⌉. */
export interface Conv extends Window, Weighted {}

/**
 * Convolution in 1-D, 2-D or 3-D, as the input has 3, 4 or 5 axes: x [n,c,…s] → [n,outChannels,…o],
 * o = ⌊(s + pads − reach)/stride⌋ + 1.
 *
 * Parameters `weight` [out,c/groups,…kernel] and `bias` [out]; both U(±1/√fan-in) unless told
 * otherwise.
 */
export const conv =
  (outChannels: number, options: Conv): Layer =>
  (x, scope) => {
    const { bias = true, biasInit, pad = 0 } = options;
    const [, channels = 0, ...size] = x.shape;
    const rank = size.length;
    const { kernel, reach, ...window } = resolveWindow(options, rank);
    const pads = padsOf(pad, rank, (i) => {
      const stride = window.strides[i]!;
      return (Math.ceil(size[i]! / stride) - 1) * stride + reach[i]! - size[i]!;
    });
    const shape = [outChannels, channels / window.groups, ...kernel];
    const layout = { fanIn: sizeOf(shape.slice(1)), outAxis: 0 } as const;
    const y = convolve(x, weightOf(scope, shape, layout, options), { ...window, pads });
    if (!bias) return y;
    return add(y, biasOf(scope, { size: outChannels, rank: rank + 2, weight: shape }, biasInit));
  };
