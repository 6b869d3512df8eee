import type { Shape } from "../engine/ir/type.ts";
import * as ops from "../engine/ops/index.ts";
import { type PerAxis, padsOf, perAxis } from "./_geometry.ts";
import type { Layer } from "./module.ts";

export interface Pool {
  /** The window's size when absent: windows side by side. */
  readonly stride?: PerAxis;
  /** 0 when absent. */
  readonly pad?: number | readonly (readonly [number, number])[];
}

const windowOf = (shape: Shape, kernel: PerAxis, { stride = kernel, pad = 0 }: Pool) => {
  const rank = shape.length - 2;
  return {
    kernel: perAxis(kernel, rank),
    strides: perAxis(stride, rank),
    pads: padsOf(pad, rank, () => 0),
  };
};

/** Means over windows of x [n,c,…s]; padding counts as zeros. */
export const avgPool =
  (kernel: PerAxis = 2, options: Pool = {}): Layer =>
  (x) =>
    ops.avgPool(x, windowOf(x.shape, kernel, options));

/** Largest elements of windows of x [n,c,…s]; padding never wins. */
export const maxPool =
  (kernel: PerAxis = 2, options: Pool = {}): Layer =>
  (x) =>
    ops.maxPool(x, windowOf(x.shape, kernel, options));

const spatialAxes = (shape: Shape): number[] => [...shape.keys()].slice(2);

/** Mean over all pixels: [n,c,…s] → [n,c]. */
export const globalAverage: Layer = (x) => ops.mean(x, { axes: spatialAxes(x.shape) });

/** Sum over all pixels, as the critics of SNGAN and BigGAN end: [n,c,…s] → [n,c]. */
export const globalSum: Layer = (x) => ops.sum(x, { axes: spatialAxes(x.shape) });
