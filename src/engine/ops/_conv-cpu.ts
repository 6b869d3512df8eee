import { sizeOf } from "../ir/type.ts";
import type { Emit } from "../onnx/emit.ts";
import { columnsTimes, im2colSlices, timesColumns, toRows } from "./_conv-columns.ts";
import { phasedConvTranspose } from "./_conv-phases.ts";
import { type Geometry, onnxPads } from "./_conv-shape.ts";

/*
 * Faster forms of 2-D convolutions for the CPU kernels, native and in WebAssembly, chosen by channel
 * counts (c in, k out of the forward convolution), stride and map size. Figures: measured on two
 * AVX-512 cores over 26 shapes (docs/adr/0003). In WebAssembly, raced in Chromium over 25: weight
 * gradients gain 1.2 to 10 times, few results and small maps 1.3 to 2, and one form loses: see
 * `isSpread`. Each function returns undefined where the plain form is best.
 */

const few = 16;

const hasCpuKernels = ({ target }: Emit): boolean =>
  target.provider === "cpu" || target.provider === "wasm";

/**
 * Whether a strided image gradient is a product whose columns are added up. WebAssembly's own kernel
 * does that too, without the columns in memory: 7.0 ms against 14.3 (128→64, 4x4 stride 2, 16², 8 images).
 */
const isSpread = ({ target }: Emit): boolean => target.provider === "cpu";

const isPlain2d = (emit: Emit, g: Geometry): boolean =>
  hasCpuKernels(emit) && g.size.length === 2 && g.groups === 1 && g.dilations.every((d) => d === 1);

const isStride1 = (g: Geometry): boolean => g.strides.every((s) => s === 1);
const isPointwise = (g: Geometry): boolean => g.kernel.every((k) => k === 1);

/** The kernel sees the whole map in one place: a dense layer. */
const isDense = (g: Geometry): boolean =>
  sizeOf(g.out) === 1 &&
  g.pads.every(([a, b]) => a === 0 && b === 0) &&
  g.kernel.every((k, i) => k === g.size[i]);

export function cpuConv(emit: Emit, x: string, w: string, g: Geometry): string | undefined {
  if (!isPlain2d(emit, g)) return undefined;
  if (isDense(g)) {
    const rows = emit("Reshape", [x, emit.ints([g.n, g.c * sizeOf(g.size)])]);
    const matrix = emit("Reshape", [w, emit.ints([g.k, g.c * sizeOf(g.size)])]);
    const y = emit("Gemm", [rows, matrix], { transB: 1 });
    return emit("Reshape", [y, emit.ints([g.n, g.k, ...g.out])]);
  }
  // Few results: spread each input over the results it reaches (64→3 at 32²: 5.0 against 15.3 ms).
  if (g.k < few && isStride1(g) && !isPointwise(g) && hasMirror(g)) {
    return spread(emit, x, flipped(emit, w, g, [0, 2, 3, 1]), mirrored(g));
  }
  return blockedConv(emit, x, w, g) ?? smallConv(emit, x, w, g);
}

/** Small maps as one product of the columns that the weight gradient gathers too (1.13 → 0.85 ms). */
function smallConv(emit: Emit, x: string, w: string, g: Geometry): string | undefined {
  if (g.c < few || isPointwise(g) || sizeOf(g.out) > 64) return undefined;
  return timesColumns(emit, x, w, g);
}

/** Convolution in the runtime's blocked channel layout, which its own pass keeps for constant weights. */
function blockedConv(emit: Emit, x: string, w: string, g: Geometry): string | undefined {
  const block = emit.target.nchwcBlock;
  const fits = block > 0 && g.c % block === 0 && g.k % block === 0;
  const worth = !isPointwise(g) && g.size.every((s) => s >= 8) && (g.c <= 128 || isStride1(g));
  if (!fits || !worth) return undefined;
  const nchwc = { domain: "com.microsoft.nchwc" };
  const weights = blockedWeights(emit, w, g, block);
  const image = emit("ReorderInput", [x], {}, nchwc);
  const attributes = {
    strides: g.strides,
    pads: onnxPads(g),
    dilations: g.dilations,
    group: 1,
  };
  const y = emit("Conv", [image, weights], attributes, nchwc);
  return emit("ReorderOutput", [y], { channels: g.k }, nchwc);
}

/**
 * w [k,c,…] as [k/b, c/b, …, b of c, b of k]. Two moves of one axis each: the six-axis permutation
 * that does it at once takes several times as long.
 */
function blockedWeights(emit: Emit, w: string, g: Geometry, block: number): string {
  const taps = sizeOf(g.kernel);
  const byResult = emit("Reshape", [w, emit.ints([g.k / block, block, g.c * taps])]);
  const innermost = emit("Transpose", [byResult], { perm: [0, 2, 1] });
  const split = emit.ints([(g.k / block) * (g.c / block), block, taps, block]);
  const byTap = emit("Transpose", [emit("Reshape", [innermost, split])], { perm: [0, 2, 1, 3] });
  return emit("Reshape", [byTap, emit.ints([g.k, g.c, ...g.kernel])]);
}

export function cpuConvTranspose(
  emit: Emit,
  y: string,
  w: string,
  g: Geometry,
): string | undefined {
  if (!isPlain2d(emit, g)) return undefined;
  if (isDense(g)) {
    const rows = emit("Reshape", [y, emit.ints([g.n, g.k])]);
    const matrix = emit("Reshape", [w, emit.ints([g.k, g.c * sizeOf(g.size)])]);
    return emit("Reshape", [emit("Gemm", [rows, matrix]), emit.ints([g.n, g.c, ...g.size])]);
  }
  if (g.c < few) return undefined;
  // Where few results reach many pixels, turning round would mostly multiply padding.
  const grows = sizeOf(g.size) > 1.5 * sizeOf(g.out);
  if (isStride1(g) && hasMirror(g) && !grows) {
    // A stride-1 adjoint is a convolution with the kernel turned round (56 → 31 ms).
    const m = mirrored(g);
    const turned = flipped(emit, w, g, [1, 0, 2, 3]);
    return cpuConv(emit, y, turned, m) ?? emit("Conv", [y, turned], { pads: onnxPads(m) });
  }
  if (isPhased(emit, g)) {
    const phased = phasedConvTranspose(emit, y, w, g);
    if (phased !== undefined) return phased;
  }
  if (!isSpread(emit)) return undefined;
  const columns = emit("Transpose", [w], { perm: [1, 2, 3, 0] });
  return spread(emit, y, emit("Reshape", [columns, emit.ints([g.c * sizeOf(g.kernel), g.k])]), g);
}

/** Blocks of channels on both sides, and maps on which the blocked layout is fast. */
function isPhased(emit: Emit, g: Geometry): boolean {
  const block = emit.target.nchwcBlock;
  if (block === 0 || g.c % block !== 0 || g.k % block !== 0 || isStride1(g)) return false;
  return g.out.every((o) => o >= 8);
}

/** The geometry whose image is this one's result: same sizes, channels swapped, k − 1 − p pads. */
const mirrored = (g: Geometry): Geometry => ({
  ...g,
  c: g.k,
  k: g.c,
  size: g.out,
  out: g.size,
  pads: g.pads.map(([a, b], i) => [g.kernel[i]! - 1 - a, g.kernel[i]! - 1 - b] as const),
});

/** Whether the mirrored pads exist: none of ours reaches beyond the kernel. */
const hasMirror = (g: Geometry): boolean => g.pads.flat().every((p, i) => p < g.kernel[i >> 1]!);

/** w [k,c,kh,kw] turned by 180° and permuted; a matrix of two axes when the kernel goes first. */
function flipped(emit: Emit, w: string, g: Geometry, perm: readonly number[]): string {
  const ends = [-(g.kernel[0]! + 1), -(g.kernel[1]! + 1)];
  const turned = emit("Slice", [
    w,
    emit.ints([-1, -1]),
    emit.ints(ends),
    emit.ints([2, 3]),
    emit.ints([-1, -1]),
  ]);
  const moved = emit("Transpose", [turned], { perm });
  if (perm[0] !== 0) return moved;
  return emit("Reshape", [moved, emit.ints([g.k * sizeOf(g.kernel), g.c])]);
}

/**
 * Transposed convolution as MatMul + Col2Im: y [n,k,…o] and a matrix [c·kh·kw, k] → [n,c,…size].
 */
function spread(emit: Emit, y: string, matrix: string, g: Geometry): string {
  const rows = emit("Reshape", [y, emit.ints([g.n, g.k, sizeOf(g.out)])]);
  const columns = emit("MatMul", [matrix, rows]);
  return emit("Col2Im", [columns, emit.ints(g.size), emit.ints(g.kernel)], {
    strides: g.strides,
    pads: onnxPads(g),
  });
}

export function cpuConvWeight(emit: Emit, x: string, y: string, g: Geometry): string | undefined {
  if (!isPlain2d(emit, g)) return undefined;
  const shape = emit.ints([g.k, g.c, ...g.kernel]);
  if (isDense(g)) {
    const image = emit("Reshape", [x, emit.ints([g.n, g.c * sizeOf(g.size)])]);
    const result = emit("Reshape", [y, emit.ints([g.n, g.k])]);
    return emit("Reshape", [emit("Gemm", [result, image], { transA: 1 }), shape]);
  }
  if (isPointwise(g) && isStride1(g) && g.pads.flat().every((p) => p === 0)) {
    const product = emit(
      "Gemm",
      [toRows(emit, y, g.n, g.k, g.out), toRows(emit, x, g.n, g.c, g.size)],
      {
        transB: 1,
      },
    );
    return emit("Reshape", [product, shape]);
  }
  if (g.c < few) {
    if (!isStride1(g)) return undefined;
    const product = emit("Gemm", [toRows(emit, y, g.n, g.k, g.out), im2colSlices(emit, x, g)], {
      transB: 1,
    });
    const taps = emit("Reshape", [product, emit.ints([g.k, ...g.kernel, g.c])]);
    return emit("Transpose", [taps], { perm: [0, 3, 1, 2] });
  }
  if (
    g.k < few &&
    isStride1(g) &&
    mirrored(g)
      .pads.flat()
      .every((p) => p >= 0)
  ) {
    return swappedWeight(emit, x, y, g);
  }
  return columnsTimes(emit, x, y, g);
}

/** Few results: the result plays the image, so that its few channels are what is copied k² times. */
function swappedWeight(emit: Emit, x: string, y: string, g: Geometry): string {
  const columns = im2colSlices(emit, y, mirrored(g));
  const product = emit("Gemm", [columns, toRows(emit, x, g.n, g.c, g.size)], { transB: 1 });
  const taps = emit("Reshape", [product, emit.ints([...g.kernel, g.k, g.c])]);
  const turned = emit("Slice", [
    taps,
    emit.ints([-1, -1]),
    emit.ints([-(g.kernel[0]! + 1), -(g.kernel[1]! + 1)]),
    emit.ints([0, 1]),
    emit.ints([-1, -1]),
  ]);
  return emit("Transpose", [turned], { perm: [2, 3, 0, 1] });
}
