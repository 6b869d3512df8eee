import { type DType, type Shape, sizeOf, type Type } from "../ir/type.ts";
import type { Emit } from "../onnx/emit.ts";
import { elemType } from "../onnx/proto.ts";
import type { Geometry } from "./_conv-shape.ts";
import { isVolume, volumeConvTranspose } from "./_conv-volume.ts";
import { areaOf, poolAttributes, tiles, type Window, windows } from "./_pool-shape.ts";
import { emitUpsample } from "./_upsample.ts";

/** Windows from this size on are averaged by ReduceMean, if they lie side by side. */
const reducedFrom = 16;

/**
 * Means over windows. On the CPU, [64,64,32,32], against AveragePool: as a convolution of one channel
 * by a constant kernel 2.5-4 times faster for 2x2, 1.9 for 3x3 stride 2, 6.7 for 3x3 stride 1; as
 * Reshape and ReduceMean 3.3-3.8 times for 4x4, 8x8 and 16x16.
 */
export function lowerAvgPool(emit: Emit, x: string, shape: Shape, window: Window): string {
  const g = windows(shape, window);
  const cpu = emit.target.provider === "cpu";
  if (cpu && tiles(g.size, window) && areaOf(window) >= reducedFrom)
    return reduced(emit, x, shape, g);
  if (cpu && g.size.length === 2) return planeConv(emit, x, { shape, dtype: "f32" }, g, g.pads);
  return emit("AveragePool", [x], { ...poolAttributes(g), count_include_pad: 1 });
}

function reduced(emit: Emit, x: string, shape: Shape, g: Geometry): string {
  const cells = g.out.flatMap((o, i) => [o, g.kernel[i]!]);
  const apart = emit("Reshape", [x, emit.ints([g.n, ...cells])]);
  const axes = emit.ints(g.kernel.map((_, i) => 2 * i + 2));
  const mean = emit("ReduceMean", [apart, axes], { keepdims: 0 });
  return emit("Reshape", [mean, emit.ints([...shape.slice(0, 2), ...g.out])]);
}

/** n·c planes, each convolved with the same window of weight 1/area. */
function planeConv(
  emit: Emit,
  x: string,
  { shape, dtype }: Type,
  g: Geometry,
  pads: Geometry["pads"],
): string {
  const planes = emit("Reshape", [x, emit.ints([g.n, 1, ...shape.slice(2)])]);
  const attrs = poolAttributes({ ...g, pads });
  const y = emit("Conv", [planes, meanKernel(emit, g, dtype)], attrs);
  const out = shape.slice(2).map((s, i) => {
    const [before, after] = pads[i]!;
    return Math.floor((s + before + after - g.kernel[i]!) / g.strides[i]!) + 1;
  });
  return emit("Reshape", [y, emit.ints([...shape.slice(0, 2), ...out])]);
}

function meanKernel(emit: Emit, g: Geometry, dtype: DType): string {
  const area = sizeOf(g.kernel);
  const data = new Float64Array(area).fill(1 / area);
  return emit.constant({ shape: [1, 1, ...g.kernel], dtype, data });
}

/**
 * The adjoint of overlapping windows: ConvTranspose of one-channel planes, or, at stride 1, a
 * convolution (8.1 against 19.2 ms for 3x3 on [64,64,32,32]). Windows side by side never come here.
 */
export function lowerAvgPoolAdjoint(emit: Emit, y: string, image: Type, window: Window): string {
  const g = windows(image.shape, window);
  const pooled = { ...image, shape: [...image.shape.slice(0, 2), ...g.out] };
  if (g.strides.every((s) => s === 1)) {
    const full = g.pads.map((p, i) => [g.kernel[i]! - 1 - p[0], g.kernel[i]! - 1 - p[1]] as const);
    return planeConv(emit, y, pooled, g, full);
  }
  const planes = emit("Reshape", [y, emit.ints([g.n, 1, ...g.out])]);
  if (isVolume(emit, g)) {
    const x = volumeConvTranspose(emit, planes, meanKernel(emit, g, image.dtype), g);
    return emit("Reshape", [x, emit.ints(image.shape)]);
  }
  const output_padding = g.size.map((s, i) => {
    const [before, after] = g.pads[i]!;
    return (s + before + after - g.kernel[i]!) % g.strides[i]!;
  });
  const x = emit("ConvTranspose", [planes, meanKernel(emit, g, image.dtype)], {
    ...poolAttributes(g),
    output_padding,
  });
  return emit("Reshape", [x, emit.ints(image.shape)]);
}

/**
 * 1 at the first maximum of each of the windows that tile the image, 0 elsewhere, without indices:
 * elements equal to their window's maximum compete once more with their priority in the window.
 */
export function lowerMaxPoolMask(emit: Emit, x: string, image: Type, window: Window): string {
  const g = windows(image.shape, window);
  const isMaximum = (v: string) => {
    const top = emitUpsample(emit, emit("MaxPool", [v], poolAttributes(g)), g.kernel);
    return emit("Cast", [emit("Equal", [v, top])], { to: elemType[image.dtype] });
  };
  return isMaximum(emit("Mul", [isMaximum(x), priority(emit, g, image.dtype)]));
}

/** k, k − 1, …, 1 in row-major order within each window of k elements. */
function priority(emit: Emit, { size, kernel }: Geometry, dtype: DType): string {
  return emit.constantOnce(`priority ${dtype} ${size} ${kernel}`, () => ({
    shape: size,
    dtype,
    data: Float64Array.from({ length: sizeOf(size) }, (_, flat) => {
      let [rest, rank, scale] = [flat, 0, 1];
      for (let i = size.length - 1; i >= 0; i--) {
        rank += ((rest % size[i]!) % kernel[i]!) * scale;
        scale *= kernel[i]!;
        rest = Math.floor(rest / size[i]!);
      }
      return scale - rank;
    }),
  }));
}

/** Less than any number of float16 or float32 that takes part in training. */
const least = { f32: -3e38, f16: -65504 } as const;

/**
 * Flat positions of the first maxima without int64 indices, which WebGPU does not have: an image for
 * each element of the window, in which the last to equal the maximum, counted from behind, is the first.
 */
export function lowerMaxPoolIndices(emit: Emit, x: string, image: Type, window: Window): string {
  const g = windows(image.shape, window);
  const rank = g.size.length;
  const pooled = [g.n, ...g.out];
  const planes = emit("Reshape", [x, emit.ints([g.n, ...g.size])]);
  const padded = emit("Pad", [
    planes,
    emit.ints([0, ...g.pads.map((p) => p[0]), 0, ...g.pads.map((p) => p[1])]),
    emit.scalar(least[image.dtype as "f32"], image.dtype),
  ]);
  const best = emit("Reshape", [emit("MaxPool", [x], poolAttributes(g)), emit.ints(pooled)]);
  const axes = emit.ints(g.size.map((_, i) => i + 1));
  const taps = Array.from({ length: sizeOf(g.kernel) }, (_, flat) => unflat(flat, g.kernel));
  const inPlane = taps.reduceRight(
    (found, tap) => {
      const ends = tap.map((t, i) => t + (g.out[i]! - 1) * g.strides[i]! + 1);
      const seen = emit("Slice", [
        padded,
        emit.ints(tap),
        emit.ints(ends),
        axes,
        emit.ints(g.strides),
      ]);
      return emit("Where", [emit("Equal", [seen, best]), tapPositions(emit, g, tap), found]);
    },
    emit.scalar(0, "i32"),
  );
  const planeStart = emit.constantOnce(`planes ${g.n} ${g.size}`, () => ({
    shape: [g.n, ...Array<number>(rank).fill(1)],
    dtype: "i32",
    data: Float64Array.from({ length: g.n }, (_, i) => i * sizeOf(g.size)),
  }));
  const shape = [...image.shape.slice(0, 2), ...g.out];
  return emit("Reshape", [emit("Add", [inPlane, planeStart]), emit.ints(shape)]);
}

/** Where in its plane the element `tap` of each window is. */
function tapPositions(emit: Emit, { size, out, strides, pads }: Geometry, tap: Shape): string {
  return emit.constant({
    shape: [1, ...out],
    dtype: "i32",
    data: Float64Array.from({ length: sizeOf(out) }, (_, flat) =>
      unflat(flat, out).reduce(
        (at, o, i) => at * size[i]! + o * strides[i]! + tap[i]! - pads[i]![0],
        0,
      ),
    ),
  });
}

/** The multi-index of a flat position. */
function unflat(flat: number, shape: Shape): number[] {
  const index: number[] = [];
  for (let [i, rest] = [shape.length - 1, flat]; i >= 0; i--) {
    index.unshift(rest % shape[i]!);
    rest = Math.floor(rest / shape[i]!);
  }
  return index;
}
