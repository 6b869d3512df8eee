import { defineOp, type Op } from "../ir/op.ts";
import type { Tensor } from "../ir/tensor.ts";
import { broadcastShapes, type Shape, shapeError, showType, type Type } from "../ir/type.ts";
import type { Emit } from "../onnx/emit.ts";
import { broadcastOffset, build, type NdArray } from "../reference/ndarray.ts";
import { requireFloats } from "./_elementwise.ts";
import { unbroadcast } from "./broadcast.ts";
import { reshape } from "./reshape.ts";

export interface MatmulAttrs {
  /** Read a as [… k, m], b as [… n, k]. */
  transposeA: boolean;
  transposeB: boolean;
}

/** Matrix product of [… m, k] and [… k, n] → [… m, n]; leading axes broadcast. */
export const matmul: Op<2, MatmulAttrs> = defineOp({
  name: "matmul",
  about: "matrix product, leading axes broadcast",
  precision: "half",
  arity: 2,
  attrs: { transposeA: false, transposeB: false } as MatmulAttrs,
  terms: ([a], { transposeA }) => a.shape.at(transposeA ? -2 : -1)!,
  type: ([a, b], attrs) => resultType(a, b, attrs),
  reference: ([a, b], { transposeA, transposeB }, out) =>
    multiply(transposeA ? swapped(a) : a, transposeB ? swapped(b) : b, out.shape),
  vjp: (ct, [a, b], _, attrs) => [
    unbroadcast(leftCotangent(ct, b, attrs), a.shape),
    unbroadcast(rightCotangent(ct, a, b, attrs), b.shape),
  ],
  lower: (emit, inputs, attrs, out) => lowerMatmul(emit, inputs, attrs, out),
  simplify: ([a, b], attrs, out) =>
    isShared(a, b, attrs) ? reshape(matmul(rows(a), b, attrs), { shape: out.shape }) : undefined,
  cases: [
    ...everyTransposition([2, 3], [3, 4]),
    ...everyTransposition([2, 3, 4], [2, 4, 2]),
    ...everyTransposition([2, 1, 2, 3], [3, 3, 2]),
    ...everyTransposition([2, 3, 4], [4, 2]),
    ...everyTransposition([3, 4], [2, 4, 2]),
  ],
});

/** With A and B as they enter the product: dA = ct Bᵀ, transposed where a is. */
function leftCotangent(ct: Tensor, b: Tensor, { transposeA, transposeB }: MatmulAttrs): Tensor {
  return transposeA
    ? matmul(b, ct, { transposeA: transposeB, transposeB: true })
    : matmul(ct, b, { transposeB: !transposeB });
}

/** dB = Aᵀ ct, transposed where b is. Rows of a batch that shares b are summed by the product. */
function rightCotangent(ct: Tensor, a: Tensor, b: Tensor, attrs: MatmulAttrs): Tensor {
  const { transposeA, transposeB } = attrs;
  const [x, y] = isShared(a, b, attrs) ? [rows(a), rows(ct)] : [a, ct];
  return transposeB
    ? matmul(y, x, { transposeA: true, transposeB: transposeA })
    : matmul(x, y, { transposeA: !transposeA });
}

/** One matrix b for a whole batch a: the batch can be one tall matrix. */
const isShared = (a: Type, b: Type, { transposeA }: MatmulAttrs): boolean =>
  a.shape.length > 2 && b.shape.length === 2 && !transposeA;

const rows = (t: Tensor): Tensor => reshape(t, { shape: [-1, t.shape.at(-1)!] });

function resultType(a: Type, b: Type, { transposeA, transposeB }: MatmulAttrs): Type {
  requireFloats(a, b);
  const [p, q] = a.shape.slice(-2);
  const [r, s] = b.shape.slice(-2);
  const [m, inner] = transposeA ? [q, p] : [p, q];
  const [same, n] = transposeB ? [s, r] : [r, s];
  if (m === undefined || n === undefined || inner === undefined || inner !== same) {
    const sides = `${showType(a)}${transposeA ? "ᵀ" : ""} and ${showType(b)}${transposeB ? "ᵀ" : ""}`;
    shapeError("matmul", "[… m, k] and [… k, n]", sides, "make the inner sizes equal");
  }
  return {
    shape: [...broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2)), m, n],
    dtype: a.dtype,
  };
}

/** Gemm transposes for nothing; for batches the CPU provider has a product that does too. */
function lowerMatmul(emit: Emit, names: readonly string[], attrs: MatmulAttrs, out: Tensor) {
  const flags = [attrs.transposeA, attrs.transposeB];
  const native = { transA: +attrs.transposeA, transB: +attrs.transposeB };
  if (out.inputs.every((t) => t.shape.length === 2)) return emit("Gemm", names, native);
  if (flags.includes(true) && emit.target.provider === "cpu") {
    return emit("FusedMatMul", names, native, { domain: "com.microsoft" });
  }
  const sides = names.map((name, i) => {
    const axes = [...out.inputs[i]!.shape.keys()];
    const perm = [...axes.slice(0, -2), ...axes.slice(-2).reverse()];
    return flags[i] ? emit("Transpose", [name], { perm }) : name;
  });
  return emit("MatMul", sides);
}

/** The reference with its last two axes exchanged. */
function swapped(x: NdArray): NdArray {
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  const data = x.data.map((_, flat) => {
    const [matrix, at] = [Math.floor(flat / (rows * columns)), flat % (rows * columns)];
    return x.data[matrix * rows * columns + (at % rows) * columns + Math.floor(at / rows)]!;
  });
  return { ...x, shape: [...x.shape.slice(0, -2), columns, rows], data };
}

function multiply(a: NdArray, b: NdArray, shape: Shape): NdArray {
  const [m, k] = a.shape.slice(-2) as [number, number];
  const n = shape.at(-1)!;
  const batch = shape.slice(0, -2);
  const [atA, atB] = [a, b].map((x) => broadcastOffset(x.shape.slice(0, -2), batch));
  return build(shape, (index) => {
    const [row, column] = index.slice(-2) as [number, number];
    let total = 0;
    for (let i = 0; i < k; i++) {
      total +=
        a.data[(atA!(index) * m + row) * k + i]! * b.data[(atB!(index) * k + i) * n + column]!;
    }
    return total;
  });
}

function everyTransposition(a: Shape, b: Shape) {
  const swap = (s: Shape): Shape => [...s.slice(0, -2), s.at(-1)!, s.at(-2)!];
  return [false, true].flatMap((transposeA) =>
    [false, true].map((transposeB) => ({
      shapes: [transposeA ? swap(a) : a, transposeB ? swap(b) : b],
      attrs: { transposeA, transposeB },
    })),
  );
}
