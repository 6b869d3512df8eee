import type { Shape } from "../engine/ir/type.ts";

/** One number for all spatial axes, or one an axis. */
export type PerAxis = number | readonly number[];

/** [before, after] of each axis; one number for all; or what gives ⌈in/stride⌉ (or in·stride). */
export type Padding = "same" | number | readonly (readonly [number, number])[];

/** Geometry that a convolution and its transpose share. */
export interface Window {
  readonly kernel: PerAxis;
  /** 1 when absent. */
  readonly stride?: PerAxis;
  /** 0 when absent. */
  readonly pad?: Padding;
  /** 1 when absent. */
  readonly dilation?: PerAxis;
  /** 1 when absent. */
  readonly groups?: number;
}

/** A window with all its numbers, for images of a given number of spatial axes. */
export interface Resolved {
  readonly kernel: Shape;
  readonly strides: Shape;
  readonly dilations: Shape;
  readonly groups: number;
  /** d(k − 1) + 1: what the kernel spans. */
  readonly reach: Shape;
}

export const perAxis = (value: PerAxis, rank: number): readonly number[] =>
  typeof value === "number" ? new Array<number>(rank).fill(value) : value;

export function resolveWindow(window: Window, rank: number): Resolved {
  const kernel = perAxis(window.kernel, rank);
  const dilations = perAxis(window.dilation ?? 1, rank);
  return {
    kernel,
    strides: perAxis(window.stride ?? 1, rank),
    dilations,
    groups: window.groups ?? 1,
    reach: kernel.map((k, i) => dilations[i]! * (k - 1) + 1),
  };
}

/** Pads of each axis; "same" splits what `total` asks for, the odd one behind. */
export function padsOf(
  pad: Padding,
  rank: number,
  total: (axis: number) => number,
): (readonly [number, number])[] {
  if (typeof pad === "object") return [...pad];
  return Array.from({ length: rank }, (_, axis) => {
    if (typeof pad === "number") return [pad, pad];
    const sum = Math.max(0, total(axis));
    return [Math.floor(sum / 2), Math.ceil(sum / 2)];
  });
}
