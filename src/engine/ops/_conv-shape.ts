import { type Shape, shapeError, showType, sizeOf, type Type } from "../ir/type.ts";
import type { NdArray } from "../reference/ndarray.ts";
import { requireFloat } from "./_elementwise.ts";

/** Geometry shared by a convolution and its two adjoints; arrays hold one entry a spatial axis. */
export interface ConvAttrs {
  /** 1 when absent. */
  strides?: readonly number[] | undefined;
  /** [before, after], not negative; 0 when absent. */
  pads?: readonly (readonly [number, number])[] | undefined;
  /** 1 when absent. */
  dilations?: readonly number[] | undefined;
  groups: number;
}

/** A convolution with every default filled in. x [n,c,…size], w [k,c/groups,…kernel], y [n,k,…out]. */
export interface Geometry {
  readonly n: number;
  readonly c: number;
  readonly k: number;
  readonly groups: number;
  readonly size: Shape;
  readonly kernel: Shape;
  readonly out: Shape;
  readonly strides: Shape;
  readonly pads: readonly (readonly [number, number])[];
  readonly dilations: Shape;
}

/** Reads and checks the geometry of a convolution from the shapes of image and kernel. */
export function geometry(x: Shape, w: Shape, attrs: ConvAttrs): Geometry {
  const rank = x.length - 2;
  const { groups } = attrs;
  if (rank < 1 || rank > 3 || w.length !== x.length) {
    fault("image [n,c,…] and kernel [k,c/groups,…] with the same 1 to 3 spatial axes", x, w);
  }
  const [n, c] = [x[0]!, x[1]!];
  const k = w[0]!;
  if (c !== w[1]! * groups || k % groups !== 0) {
    fault(
      `${c} image channels = groups (${groups}) × kernel's second size, groups dividing k`,
      x,
      w,
    );
  }
  const strides = attrs.strides ?? new Array<number>(rank).fill(1);
  const dilations = attrs.dilations ?? new Array<number>(rank).fill(1);
  const pads = attrs.pads ?? Array.from({ length: rank }, () => [0, 0] as const);
  if ([strides, dilations, pads].some((a) => a.length !== rank) || pads.flat().some((p) => p < 0)) {
    fault(`strides, dilations and pads ≥ 0 for ${rank} axes`, x, w);
  }
  const size = x.slice(2);
  const kernel = w.slice(2);
  const out = size.map((s, i) => {
    const reach = dilations[i]! * (kernel[i]! - 1) + 1;
    return Math.floor((s + pads[i]![0] + pads[i]![1] - reach) / strides[i]!) + 1;
  });
  if (out.some((o) => o < 1)) fault("a kernel that fits the padded image", x, w);
  return { n, c, k, groups, size, kernel, out, strides, pads, dilations };
}

function fault(expected: string, x: Shape, w: Shape): never {
  shapeError("conv", expected, `image [${x}], kernel [${w}]`, "check channels, pads and strides");
}

export const imageShape = (g: Geometry): Shape => [g.n, g.c, ...g.size];
export const kernelShape = (g: Geometry): Shape => [g.k, g.c / g.groups, ...g.kernel];
export const resultShape = (g: Geometry): Shape => [g.n, g.k, ...g.out];

/** Pads as ONNX lists them: all before, then all after. */
export const onnxPads = ({ pads }: Pick<Geometry, "pads">): number[] => [
  ...pads.map((p) => p[0]),
  ...pads.map((p) => p[1]),
];

/** Checks that `t` is f32 of `shape`. */
/**
 * Products summed for each element of the result, the image and the kernel; in 3-D, where the WebGPU
 * kernels for float16 are new, more than any sum of halves may hold.
 */
export function termsOf(g: Geometry): { y: number; x: number; w: number } {
  const taps = sizeOf(g.kernel);
  if (g.size.length > 2) return { y: Infinity, x: Infinity, w: Infinity };
  const reached = taps / sizeOf(g.strides);
  return { y: (g.c / g.groups) * taps, x: (g.k / g.groups) * reached, w: g.n * sizeOf(g.out) };
}

export function requireShape(t: Type, shape: Shape, what: string): void {
  requireFloat(t);
  if (t.shape.join() !== shape.join()) {
    shapeError("conv", `${what} f32[${shape}]`, showType(t), "check size, pads and strides");
  }
}

/** Visits every product of the convolution with the flat offsets of its x, w and y element. */
export function visitProducts(g: Geometry, visit: (x: number, w: number, y: number) => void): void {
  const perGroup = { c: g.c / g.groups, k: g.k / g.groups };
  const [sizeX, sizeW, sizeY] = [sizeOf(g.size), sizeOf(g.kernel), sizeOf(g.out)];
  const taps = spatialTaps(g);
  for (let n = 0; n < g.n; n++) {
    for (let k = 0; k < g.k; k++) {
      const firstC = Math.floor(k / perGroup.k) * perGroup.c;
      for (let c = 0; c < perGroup.c; c++) {
        const baseX = (n * g.c + firstC + c) * sizeX;
        const baseW = (k * perGroup.c + c) * sizeW;
        const baseY = (n * g.k + k) * sizeY;
        for (const [x, w, y] of taps) visit(baseX + x, baseW + w, baseY + y);
      }
    }
  }
}

/** Flat spatial offsets [image, kernel, result] of all taps inside the image. */
function spatialTaps(g: Geometry): [number, number, number][] {
  let taps: [number, number, number][] = [[0, 0, 0]];
  g.size.forEach((size, axis) => {
    const next: typeof taps = [];
    for (const [x, w, y] of taps) {
      for (let o = 0; o < g.out[axis]!; o++) {
        for (let t = 0; t < g.kernel[axis]!; t++) {
          const i = o * g.strides[axis]! + t * g.dilations[axis]! - g.pads[axis]![0];
          if (i < 0 || i >= size) continue;
          next.push([x * size + i, w * g.kernel[axis]! + t, y * g.out[axis]! + o]);
        }
      }
    }
    taps = next;
  });
  return taps;
}

/** Accumulates into `out` what `visit` returns for each product's operands. */
export function accumulate(
  g: Geometry,
  out: NdArray,
  into: "x" | "w" | "y",
  [a, b]: readonly [NdArray, NdArray],
): NdArray {
  visitProducts(g, (x, w, y) => {
    if (into === "y") out.data[y]! += a.data[x]! * b.data[w]!;
    else if (into === "x") out.data[x]! += a.data[y]! * b.data[w]!;
    else out.data[w]! += a.data[x]! * b.data[y]!;
  });
  return out;
}
