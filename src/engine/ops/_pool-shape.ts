import { type Shape, sameShape, shapeError, showType, type Type } from "../ir/type.ts";
import { type Geometry, geometry, onnxPads } from "./_conv-shape.ts";
import { requireFloat } from "./_elementwise.ts";

/** Windows over the spatial axes of [n,c,…s]; arrays hold one entry an axis. */
export interface Window {
  kernel: Shape;
  /** The kernel when absent: windows side by side. */
  strides?: Shape | undefined;
  /** [before, after], each smaller than the kernel; 0 when absent. */
  pads?: readonly (readonly [number, number])[] | undefined;
}

/** A pooling is a one-channel convolution of n·c images. */
export function windows(x: Shape, { kernel, strides = kernel, pads }: Window): Geometry {
  const g = geometry([x[0]! * x[1]!, 1, ...x.slice(2)], [1, 1, ...kernel], {
    strides,
    pads,
    groups: 1,
  });
  if (g.pads.some((p, i) => Math.max(...p) >= kernel[i]!)) {
    shapeError("pool", "pads smaller than the kernel", JSON.stringify(g.pads), "reduce the pads");
  }
  return g;
}

export const pooledShape = (x: Shape, window: Window): Shape => [
  ...x.slice(0, 2),
  ...windows(x, window).out,
];

export function pooledType(x: Type, window: Window): Type {
  return { ...requireFloat(x), shape: pooledShape(x.shape, window) };
}

/** Whether windows lie side by side and cover the image of this spatial size exactly. */
export function tiles(size: Shape, { kernel, strides = kernel, pads }: Window): boolean {
  const whole = size.every((s, i) => s % kernel[i]! === 0);
  return whole && sameShape(strides, kernel) && !pads?.flat().some((p) => p > 0);
}

export const areaOf = ({ kernel }: Window): number => kernel.reduce((a, b) => a * b, 1);

export const requirePooled = (y: Type, image: Shape, window: Window): void => {
  const wanted = pooledShape(image, window);
  if (!sameShape(y.shape, wanted)) {
    shapeError("pool", `f32[${wanted}]`, showType(y), "check size, kernel, strides and pads");
  }
};

/** Attributes of ONNX's pooling operators. */
export const poolAttributes = (g: Geometry) => ({
  kernel_shape: g.kernel,
  strides: g.strides,
  pads: onnxPads(g),
});
