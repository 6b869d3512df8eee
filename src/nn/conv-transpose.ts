import { sizeOf } from "../engine/ir/type.ts";
import { add, convTranspose as convolveTransposed } from "../engine/ops/index.ts";
import { type PerAxis, padsOf, perAxis, resolveWindow, type Window } from "./_geometry.ts";
import { torchDefault, transposed } from "./initialisers.ts";
import type { Layer } from "./module.ts";
import { biasOf, type Weighted, weightOf } from "./weight.ts";

/** `pad: "same"` gives in·stride. */
export interface ConvTranspose extends Window, Weighted {
  /** Rows added behind, < stride: resolves which of the sizes that a strided convolution maps to one. */
  readonly outputPad?: PerAxis;
}

/**
 * Transposed convolution in 1-D, 2-D or 3-D: x [n,c,…s] → [n,outChannels,…o],
 * o = (s − 1)·stride − pads + reach + outputPad.
 *
 * Parameters `weight` [c,out/groups,…kernel] and `bias` [out]. A given `init` sees the weight as
 * [out/groups,c,…], so that fan-in counts what feeds an output. The default is PyTorch's, whose fan-in
 * counts out/groups here.
 */
export const convTranspose =
  (outChannels: number, options: ConvTranspose): Layer =>
  (x, scope) => {
    const { bias = true, biasInit, pad = 0, init, weightTransform } = options;
    const [, channels = 0, ...size] = x.shape;
    const rank = size.length;
    const extra = perAxis(options.outputPad ?? 0, rank);
    const { kernel, reach, ...window } = resolveWindow(options, rank);
    const pads = padsOf(pad, rank, (i) => reach[i]! - window.strides[i]! + extra[i]!);
    const grown = size.map((s, i) => {
      const [before, after] = pads[i]!;
      return (s - 1) * window.strides[i]! - before - after + reach[i]! + extra[i]!;
    });
    const shape = [channels, outChannels / window.groups, ...kernel];
    const layout = { fanIn: (channels / window.groups) * sizeOf(kernel), outAxis: 1 } as const;
    const weight = weightOf(scope, shape, layout, {
      init: init ? transposed(init) : torchDefault,
      ...(weightTransform && { weightTransform }),
    });
    const y = convolveTransposed(x, weight, { ...window, pads, size: grown });
    if (!bias) return y;
    return add(y, biasOf(scope, { size: outChannels, rank: rank + 2, weight: shape }, biasInit));
  };
