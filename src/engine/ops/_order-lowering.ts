import type { Shape } from "../ir/type.ts";
import type { Emit } from "../onnx/emit.ts";
import { elemType } from "../onnx/proto.ts";

/*
 * Positions without int64, which WebGPU does not have: ONNX's own operators give int64 positions, and
 * their conversion would run on the CPU.
 */

const whole = (axis: number, shape: Shape) => (axis < 0 ? axis + shape.length : axis);

/** 0, 1, … along an axis, to be broadcast over the others. */
const positions = (emit: Emit, size: number, lead: Shape, trail: Shape): string =>
  emit.constant({
    shape: [...lead.map(() => 1), size, ...trail.map(() => 1)],
    dtype: "i32",
    data: Float64Array.from({ length: size }, (_, i) => i),
  });

/** Where the extreme element of an axis is, the first of equals: the least position that has it. */
export function positionOf(
  emit: Emit,
  x: string,
  shape: Shape,
  { extreme, axis: given, keep }: { extreme: string; axis: number; keep: boolean },
): string {
  const axis = whole(given, shape);
  const [lead, size, trail] = [shape.slice(0, axis), shape[axis]!, shape.slice(axis + 1)];
  const axes = emit.ints([axis]);
  const best = emit(extreme, [x, axes], { keepdims: 1 });
  const here = emit("Where", [
    emit("Equal", [x, best]),
    positions(emit, size, lead, trail),
    emit.scalar(size, "i32"),
  ]);
  return emit("ReduceMin", [here, axes], { keepdims: keep ? 1 : 0 });
}

/**
 * Positions of the k first of an axis in the order of their values: how many elements go before each
 * one is its rank, and the position of rank r is the r-th result. n² comparisons for n elements.
 */
export function firstPositions(
  emit: Emit,
  x: string,
  shape: Shape,
  { k, axis: given, largest }: { k: number; axis: number; largest: boolean },
): string {
  const axis = whole(given, shape);
  const [lead, size, trail] = [shape.slice(0, axis), shape[axis]!, shape.slice(axis + 1)];
  const reshaped = (v: string, ...middle: number[]) =>
    emit("Reshape", [v, emit.ints([...lead, ...middle, ...trail])]);
  const counted = (v: string) => emit("Cast", [v], { to: elemType.i32 });
  const own = reshaped(x, 1, size);
  const other = reshaped(x, size, 1);
  const earlier = emit("Less", [
    positions(emit, size, lead, [1, ...trail]),
    positions(emit, size, [...lead, 1], trail),
  ]);
  const before = emit("Add", [
    counted(emit(largest ? "Greater" : "Less", [other, own])),
    counted(emit("And", [emit("Equal", [other, own]), earlier])),
  ]);
  const rank = emit("ReduceSum", [before, emit.ints([axis])], { keepdims: 0 });
  const found = emit("Equal", [reshaped(rank, 1, size), positions(emit, k, lead, [1, ...trail])]);
  const named = emit("Mul", [counted(found), positions(emit, size, [...lead, 1], trail)]);
  return emit("ReduceSum", [named, emit.ints([axis + 1])], { keepdims: 0 });
}
