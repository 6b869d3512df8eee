import { defineOp, type Op, type OpCase } from "../ir/op.ts";
import type { Shape } from "../ir/type.ts";
import { zeros } from "../reference/ndarray.ts";
import { lowerConv, lowerConvTranspose, lowerConvWeight } from "./_conv-lowering.ts";
import {
  accumulate,
  type ConvAttrs,
  geometry,
  imageShape,
  kernelShape,
  requireShape,
  resultShape,
  termsOf,
} from "./_conv-shape.ts";
import { requireFloats } from "./_elementwise.ts";

/*
 * One bilinear map y = w ⋆ x and its two adjoints. Each one's derivatives are the other two, so the
 * family is closed under differentiation of any order.
 */

const noAttrs: ConvAttrs = { groups: 1 };

const pad = (rank: number, before: number, after = before): [number, number][] =>
  Array.from({ length: rank }, () => [before, after]);

interface Sample {
  readonly x: Shape;
  readonly w: Shape;
  readonly attrs?: Partial<ConvAttrs>;
}

/** Geometries on which all three maps are checked. */
const samples: readonly Sample[] = [
  { x: [2, 2, 5], w: [3, 2, 3], attrs: { pads: pad(1, 1) } },
  { x: [2, 2, 7], w: [2, 1, 3], attrs: { strides: [2], pads: pad(1, 1, 0), groups: 2 } },
  { x: [2, 3, 4, 5], w: [2, 3, 3, 3], attrs: { pads: pad(2, 1) } },
  { x: [2, 2, 4, 4], w: [3, 2, 4, 4] },
  { x: [3, 2, 1, 1], w: [4, 2, 1, 1] },
  { x: [2, 2, 6, 6], w: [2, 2, 4, 4], attrs: { strides: [2, 2], pads: pad(2, 1) } },
  {
    x: [1, 2, 7, 6],
    w: [2, 2, 3, 2],
    attrs: {
      strides: [2, 3],
      pads: [
        [2, 0],
        [0, 1],
      ],
    },
  },
  { x: [1, 2, 7, 7], w: [2, 2, 3, 3], attrs: { dilations: [2, 2], pads: pad(2, 2) } },
  { x: [2, 4, 4, 4], w: [6, 2, 3, 3], attrs: { groups: 2, pads: pad(2, 1) } },
  { x: [1, 4, 5, 5], w: [4, 1, 3, 3], attrs: { groups: 4, strides: [2, 2], pads: pad(2, 1) } },
  { x: [2, 3, 4, 4], w: [2, 3, 1, 1], attrs: { strides: [2, 2] } },
  {
    x: [1, 2, 3, 4, 3],
    w: [2, 2, 2, 3, 2],
    attrs: {
      pads: [
        [0, 1],
        [1, 1],
        [1, 0],
      ],
    },
  },
  {
    x: [1, 2, 4, 4, 4],
    w: [2, 1, 3, 3, 3],
    attrs: { groups: 2, strides: [2, 2, 2], pads: pad(3, 1) },
  },
  // Widths at which the native lowerings of the provider start.
  { x: [1, 16, 8, 8], w: [16, 16, 3, 3], attrs: { pads: pad(2, 1) } },
  { x: [1, 16, 8, 8], w: [16, 16, 4, 4], attrs: { strides: [2, 2], pads: pad(2, 1) } },
  { x: [1, 3, 8, 8], w: [16, 3, 3, 3], attrs: { pads: pad(2, 1) } },
  { x: [1, 16, 8, 8], w: [3, 16, 3, 3], attrs: { pads: pad(2, 1) } },
  { x: [1, 16, 4, 4], w: [32, 16, 3, 3], attrs: { pads: pad(2, 1) } },
];

const casesOf = <A extends ConvAttrs>(
  pick: (g: ReturnType<typeof geometry>, s: Sample) => { shapes: Shape[]; extra?: object },
): OpCase<A>[] =>
  samples.map((s) => {
    const { shapes, extra } = pick(geometry(s.x, s.w, { ...noAttrs, ...s.attrs }), s);
    return { shapes, attrs: { ...s.attrs, ...extra } as Partial<A>, range: [-1, 1], rtol: 2e-5 };
  });

/** Cross-correlation, x [n,c,…s] and w [k,c/groups,…] → [n,k,…o], o = ⌊(s + pads − d(w−1) − 1)/stride⌋ + 1. */
export const conv: Op<2, ConvAttrs> = defineOp({
  name: "conv",
  about: "convolution in 1-D, 2-D and 3-D",
  precision: "half",
  arity: 2,
  attrs: noAttrs,
  terms: ([x, w], attrs) => termsOf(geometry(x.shape, w.shape, attrs)).y,
  type: ([x, w], attrs) => {
    const g = geometry(x.shape, w.shape, attrs);
    requireFloats(x, w);
    requireShape(x, imageShape(g), "image");
    requireShape(w, kernelShape(g), "kernel");
    return { shape: resultShape(g), dtype: x.dtype };
  },
  reference: ([x, w], attrs, out) =>
    accumulate(geometry(x.shape, w.shape, attrs), zeros(out.shape), "y", [x, w]),
  vjp: (ct, [x, w], _, attrs) => [
    convTranspose(ct, w, { ...attrs, size: x.shape.slice(2) }),
    convWeight(x, ct, { ...attrs, kernel: w.shape.slice(2) }),
  ],
  lower: (emit, [x, w], attrs, out) =>
    lowerConv(emit, x, w, geometry(out.inputs[0]!.shape, out.inputs[1]!.shape, attrs)),
  cases: casesOf((_, { x, w }) => ({ shapes: [x, w] })),
});

/** Adjoint of `conv` in the image: y [n,k,…o] and w [k,c/groups,…] → x [n,c,…size]. */
export const convTranspose: Op<2, ConvAttrs & { size: Shape }> = defineOp({
  name: "convTranspose",
  about: "transposed convolution, the adjoint of conv in its image",
  precision: "half",
  arity: 2,
  attrs: { ...noAttrs, size: [] as Shape },
  terms: ([y, w], attrs) => termsOf(transposeGeometry(y.shape, w.shape, attrs)).x,
  type: ([y, w], attrs) => {
    const g = transposeGeometry(y.shape, w.shape, attrs);
    requireFloats(y, w);
    requireShape(y, resultShape(g), "result");
    requireShape(w, kernelShape(g), "kernel");
    return { shape: imageShape(g), dtype: y.dtype };
  },
  reference: ([y, w], attrs, out) =>
    accumulate(transposeGeometry(y.shape, w.shape, attrs), zeros(out.shape), "x", [y, w]),
  vjp: (ct, [y, w], _, { size: _size, ...attrs }) => [
    conv(ct, w, attrs),
    convWeight(ct, y, { ...attrs, kernel: w.shape.slice(2) }),
  ],
  lower: (emit, [y, w], attrs, out) =>
    lowerConvTranspose(
      emit,
      y,
      w,
      transposeGeometry(out.inputs[0]!.shape, out.inputs[1]!.shape, attrs),
    ),
  cases: casesOf((g, { w }) => ({ shapes: [resultShape(g), w], extra: { size: g.size } })),
});

function transposeGeometry(y: Shape, w: Shape, { size, ...attrs }: ConvAttrs & { size: Shape }) {
  return geometry([y[0]!, (w[1] ?? 0) * attrs.groups, ...size], w, attrs);
}

/** Adjoint of `conv` in the kernel: x [n,c,…s] and y [n,k,…o] → w [k,c/groups,…kernel]. */
export const convWeight: Op<2, ConvAttrs & { kernel: Shape }> = defineOp({
  name: "convWeight",
  about: "weight gradient of conv, the adjoint of conv in its kernel",
  precision: "half",
  arity: 2,
  attrs: { ...noAttrs, kernel: [] as Shape },
  terms: ([x, y], attrs) => termsOf(weightGeometry(x.shape, y.shape, attrs)).w,
  type: ([x, y], attrs) => {
    const g = weightGeometry(x.shape, y.shape, attrs);
    requireFloats(x, y);
    requireShape(x, imageShape(g), "image");
    requireShape(y, resultShape(g), "result");
    return { shape: kernelShape(g), dtype: x.dtype };
  },
  reference: ([x, y], attrs, out) =>
    accumulate(weightGeometry(x.shape, y.shape, attrs), zeros(out.shape), "w", [x, y]),
  vjp: (ct, [x, y], _, { kernel: _kernel, ...attrs }) => [
    convTranspose(y, ct, { ...attrs, size: x.shape.slice(2) }),
    conv(x, ct, attrs),
  ],
  lower: (emit, [x, y], attrs, out) =>
    lowerConvWeight(emit, x, y, weightGeometry(out.inputs[0]!.shape, out.inputs[1]!.shape, attrs)),
  cases: casesOf((g, { x }) => ({ shapes: [x, resultShape(g)], extra: { kernel: g.kernel } })),
});

function weightGeometry(x: Shape, y: Shape, { kernel, ...attrs }: ConvAttrs & { kernel: Shape }) {
  return geometry(x, [y[1] ?? 0, (x[1] ?? 0) / attrs.groups, ...kernel], attrs);
}
