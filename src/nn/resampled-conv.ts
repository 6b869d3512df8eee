import { constant } from "../engine/ir/leaves.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import { sizeOf } from "../engine/ir/type.ts";
import * as ops from "../engine/ops/index.ts";
import type { Layer } from "./module.ts";
import type { Scope } from "./trace.ts";
import { biasOf, type Weighted, weightOf } from "./weight.ts";

/** A convolution of stride 1 beside a change of the map's size by a whole factor. */
export interface ResampledConv extends Weighted {
  /** The kernel's side on every axis. */
  readonly kernel: number;
  /** Zeros on every side of the map that is convolved, < kernel; 0 when absent. */
  readonly pad?: number;
  /** 2 when absent. */
  readonly factor?: number;
}

/**
 * `upsample(factor)` and then `conv`, to rounding, without the large map between them: copies of a
 * pixel meet sums of taps, so that together they are one transposed convolution of stride `factor`,
 *
 *   y[i] = Σⱼ x[j] W[i − f·j + k − 1 − p],  W[m] = Σ_{r<f} w[k − 1 + r − m].
 *
 * For 3x3 after a doubling, 16 products a pixel of x instead of 36. Parameters as `conv` has them.
 */
export const upsampledConv =
  (outChannels: number, options: ResampledConv): Layer =>
  (x, scope) => {
    const { kernel, pad = 0, factor = 2 } = options;
    const { weight, finish } = declare(x, scope, outChannels, options);
    const wide = summed(weight, factor, (tap, m) => {
      const copy = tap - (kernel - 1) + m;
      return copy >= 0 && copy < factor ? 1 : 0;
    });
    const spatial = [...x.shape.keys()].slice(2);
    const y = ops.convTranspose(x, ops.transpose(wide, { perm: [1, 0, ...spatial] }), {
      strides: spatial.map(() => factor),
      pads: spatial.map(() => [kernel - 1 - pad, kernel - 1 - pad] as const),
      size: x.shape.slice(2).map((s) => factor * s + 2 * pad - kernel + 1),
    });
    return finish(y);
  };

/**
 * `conv` and then `avgPool(factor)`, to rounding, without the large map between them: the mean over
 * shifts of the kernel is one convolution of stride `factor` with W[m] = 1/f Σ_{r<f} w[m − r] on each
 * axis. For 3x3 before a halving, 16 products a pixel of the result instead of 36. Parameters as
 * `conv` has them.
 */
export const pooledConv =
  (outChannels: number, options: ResampledConv): Layer =>
  (x, scope) => {
    const { pad = 0, factor = 2 } = options;
    const { weight, finish } = declare(x, scope, outChannels, options);
    const wide = summed(weight, factor, (tap, m) =>
      m - tap >= 0 && m - tap < factor ? 1 / factor : 0,
    );
    const spatial = x.shape.slice(2);
    const y = ops.conv(x, wide, {
      strides: spatial.map(() => factor),
      pads: spatial.map(() => [pad, pad] as const),
    });
    return finish(y);
  };

/** The layer's weight [out,in,k,…], transformed, and what adds its bias. */
function declare(x: Tensor, scope: Scope, outChannels: number, options: ResampledConv) {
  const { kernel, bias = true, biasInit } = options;
  const [, channels = 0, ...size] = x.shape;
  const shape = [outChannels, channels, ...size.map(() => kernel)];
  const layout = { fanIn: sizeOf(shape.slice(1)), outAxis: 0 } as const;
  const weight = weightOf(scope, shape, layout, options);
  const geometry = { size: outChannels, rank: x.shape.length, weight: shape };
  const finish = (y: Tensor) => (bias ? ops.add(y, biasOf(scope, geometry, biasInit)) : y);
  return { weight, finish };
}

/** w [k,c,t,…] → [k,c,t + f − 1,…], on every axis W[m] = Σₜ entry(t, m) w[t]: one small product. */
function summed(w: Tensor, factor: number, entry: (tap: number, m: number) => number): Tensor {
  const [k, c, ...taps] = w.shape as [number, number, ...number[]];
  const sides = taps.map((t) => t + factor - 1);
  const columns = sizeOf(sides);
  const data = new Float64Array(sizeOf(taps) * columns);
  for (let i = 0; i < data.length; i++) {
    let [tap, m, value] = [Math.floor(i / columns), i % columns, 1];
    for (let axis = taps.length - 1; axis >= 0; axis--) {
      value *= entry(tap % taps[axis]!, m % sides[axis]!);
      tap = Math.floor(tap / taps[axis]!);
      m = Math.floor(m / sides[axis]!);
    }
    data[i] = value;
  }
  const rows = ops.reshape(w, { shape: [k * c, sizeOf(taps)] });
  const matrix = constant(data, [sizeOf(taps), columns]);
  return ops.reshape(ops.matmul(rows, matrix), { shape: [k, c, ...sides] });
}
