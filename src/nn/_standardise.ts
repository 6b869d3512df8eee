import { stopGradient } from "../engine/autodiff/grad.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import { add, mean, mul, neg, rsqrt, square, sub } from "../engine/ops/index.ts";

/** A tensor on its way to mean 0 and variance 1; the statistics broadcast against it. */
export interface Standardised {
  /** x less a constant near its mean: the one full-size result. */
  readonly centred: Tensor;
  /** The mean of `centred`: 0, or what the constant left. */
  readonly offset: Tensor;
  /** 1/√(variance + eps). */
  readonly inverse: Tensor;
}

export interface Moments {
  readonly centred: Tensor;
  readonly offset: Tensor;
  readonly mean: Tensor;
  /** Biased: the mean square. */
  readonly variance: Tensor;
}

/**
 * Mean and variance of x over `axes`, kept as size 1.
 *
 * With any constant s, variance = mean((x − s)²) − (mean(x) − s)², and so are its derivatives of every
 * order. s is the mean taken as data: nothing cancels, and no gradient flows through a full-size sum
 * for the mean inside the variance.
 */
export function moments(x: Tensor, axes: readonly number[]): Moments {
  const center = mean(x, { axes, keep: true });
  const s = stopGradient(center);
  const centred = sub(x, s);
  const offset = sub(center, s);
  const power = mean(square(centred), { axes, keep: true });
  return { centred, offset, mean: center, variance: sub(power, square(offset)) };
}

export const inverseStd = (variance: Tensor, eps: number): Tensor => rsqrt(add(variance, eps));

/**
 * (x − mean)/std·gain + bias with two full-size operations, centred·scale + shift; gain and bias
 * broadcast against the statistics.
 */
export function rescale(s: Standardised, gain?: Tensor, bias?: Tensor): Tensor {
  const scale = gain ? mul(s.inverse, gain) : s.inverse;
  const moved = mul(s.offset, scale);
  return add(mul(s.centred, scale), bias ? sub(bias, moved) : neg(moved));
}

/** [c] as [1,c,1,…] of `rank` axes. */
export const channelShape = (channels: number, rank: number): number[] => [
  1,
  channels,
  ...new Array<number>(Math.max(0, rank - 2)).fill(1),
];
