import { type Shape, sizeOf } from "../ir/type.ts";
import type { Emit } from "../onnx/emit.ts";
import { elemType } from "../onnx/proto.ts";
import { keysOf, spread, type Words, wordAt } from "./_random-hash.ts";

/**
 * uint32 values of a graph. Division by a power of two is the shift that every provider has; where
 * BitShift exists it is used: the median of seven noisy comparisons was 1.4 times as fast.
 */
const words = (emit: Emit): Words<string> => ({
  word: (value) => emit.scalar(value >>> 0, "u32"),
  add: (a, b) => emit("Add", [a, b]),
  mul: (a, b) => emit("Mul", [a, b]),
  shift: (a, bits) =>
    emit.target.provider === "webgpu"
      ? emit("Div", [a, emit.scalar(2 ** bits, "u32")])
      : emit("BitShift", [a, emit.scalar(bits, "u32")], { direction: "RIGHT" }),
});

/** A constant of `count` words step·spread apart. There are int32 constants only: same bits. */
function counters(emit: Emit, shape: Shape, step: number): string {
  const bits = emit.constantOnce(`counters ${shape} ${step}`, () => ({
    shape,
    dtype: "i32",
    data: Float64Array.from({ length: sizeOf(shape) }, (_, i) => Math.imul(i * step, spread)),
  }));
  return emit("Cast", [bits], { to: elemType.u32 });
}

/** The longest row: few long rows broadcast faster than many short ones, and 16 kB is a small file. */
const longestRow = 4096;

/** Columns that divide `size` if some do well, so that nothing is cut off afterwards. */
function columnsFor(size: number): number {
  if (size <= longestRow) return size;
  for (let c = longestRow; c >= longestRow / 8; c--) if (size % c === 0) return c;
  return longestRow;
}

/** Counters 0 … size − 1 as a column of row starts plus a row, so that the file stays small. */
export function lowerRandomUniform(
  emit: Emit,
  key: string,
  { shape, stream }: { shape: Shape; stream: number },
): string {
  const w = words(emit);
  const size = sizeOf(shape);
  const columns = columnsFor(size);
  const rows = Math.ceil(size / columns);
  const { start, odd } = keysOf(w, emit("Cast", [key], { to: elemType.u32 }), stream);
  const starts = w.add(counters(emit, [rows, 1], columns), start);
  const position = w.add(starts, counters(emit, [1, columns], 1));
  const bits = emit("Cast", [w.shift(wordAt(w, position, odd), 9)], { to: elemType.f32 });
  // (bits + ½) 2⁻²³ without a rounding: 23 bits and a half fit float32.
  const values = emit("Add", [emit("Mul", [bits, emit.scalar(2 ** -23)]), emit.scalar(2 ** -24)]);
  if (rows * columns === size) return emit("Reshape", [values, emit.ints(shape)]);
  const flat = emit("Reshape", [values, emit.ints([-1])]);
  const kept = emit("Slice", [flat, emit.ints([0]), emit.ints([size]), emit.ints([0])]);
  return emit("Reshape", [kept, emit.ints(shape)]);
}
