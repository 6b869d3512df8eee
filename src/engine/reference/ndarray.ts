import { type DType, type Shape, sizeOf, stridesOf } from "../ir/type.ts";

/** A row-major array of the reference interpreter. All dtypes are held as float64; bool is 0 or 1. */
export interface NdArray {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly data: Float64Array;
}

export const zeros = (shape: Shape, dtype: DType = "f32"): NdArray => ({
  shape,
  dtype,
  data: new Float64Array(sizeOf(shape)),
});

/** The array whose element at flat position p and multi-index i is `f(i, p)`. `i` is reused. */
export function build(
  shape: Shape,
  f: (index: readonly number[], flat: number) => number,
  dtype: DType = "f32",
): NdArray {
  const out = zeros(shape, dtype);
  const index = new Array<number>(shape.length).fill(0);
  for (let flat = 0; flat < out.data.length; flat++) {
    out.data[flat] = f(index, flat);
    advance(index, shape);
  }
  return out;
}

function advance(index: number[], shape: Shape): void {
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis]! += 1;
    if (index[axis]! < shape[axis]!) return;
    index[axis] = 0;
  }
}

/** Reads an array at a multi-index. */
export function at(array: NdArray, index: readonly number[]): number {
  const strides = stridesOf(array.shape);
  let flat = 0;
  for (let i = 0; i < strides.length; i++) flat += index[i]! * strides[i]!;
  return array.data[flat]!;
}

export const mapElements = (
  x: NdArray,
  f: (v: number) => number,
  dtype: DType = x.dtype,
): NdArray => ({
  shape: x.shape,
  dtype,
  data: x.data.map(f),
});

/** Applies `f` elementwise to two arrays broadcast to `shape`. */
export function zipElements(
  a: NdArray,
  b: NdArray,
  shape: Shape,
  f: (x: number, y: number) => number,
  dtype: DType = a.dtype,
): NdArray {
  const offsetA = broadcastOffset(a.shape, shape);
  const offsetB = broadcastOffset(b.shape, shape);
  return build(shape, (i) => f(a.data[offsetA(i)]!, b.data[offsetB(i)]!), dtype);
}

/** Maps an index of the broadcast result to a flat offset in an array of shape `from`. */
export function broadcastOffset(from: Shape, to: Shape): (index: readonly number[]) => number {
  const lead = to.length - from.length;
  const strides = stridesOf(from).map((s, i) => (from[i] === 1 ? 0 : s));
  return (index) => strides.reduce((flat, s, i) => flat + s * index[i + lead]!, 0);
}
