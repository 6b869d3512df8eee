import { stream } from "../core/random.ts";
import { constant } from "../engine/ir/leaves.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import { type Shape, sizeOf } from "../engine/ir/type.ts";
import { cast, gather, mul, reshape, sliceAxis } from "../engine/ops/index.ts";
import type { Scope } from "./trace.ts";

/** A power of two of rows: (0, 1) times it, cut off, is evenly 0 … rows − 1. */
const [rows, columns] = [2048, 64];

let table: Tensor | undefined;

/** The same 2¹⁷ standard normals in every run, f32[rows, columns]; one constant for a whole graph. */
function tabled(): Tensor {
  table ??= constant(stream(0, "normal table").normal(new Float32Array(rows * columns)), [
    rows,
    columns,
  ]);
  return table;
}

/**
 * Standard normals of a shape in pieces of 64 that are drawn, with replacement, from a table of 2048
 * pieces. Numbers of a piece always come together: noise to learn against, not for estimates. One
 * uniform is made for 64 numbers where `normals` makes 64 and takes their logarithms and sines.
 */
export function tabledNormals(scope: Pick<Scope, "uniform">, shape: Shape): Tensor {
  const size = sizeOf(shape);
  const pieces = Math.ceil(size / columns);
  const drawn = cast(mul(scope.uniform([pieces]), rows), { to: "i32" });
  const flat = reshape(gather(tabled(), drawn, { axis: 0 }), { shape: [pieces * columns] });
  return reshape(sliceAxis(flat, { axis: 0, start: 0, end: size }), { shape });
}
