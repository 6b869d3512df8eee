import type { Shape } from "../ir/type.ts";
import type { Emit } from "../onnx/emit.ts";
import { type Geometry, onnxPads } from "./_conv-shape.ts";

/*
 * Volumes on WebGPU, whose 3-D kernels know neither groups nor transposition: groups one by one, and
 * the transposed convolution as a convolution of the result with zeros between its elements.
 */

export const isVolume = (emit: Emit, g: Pick<Geometry, "size">): boolean =>
  emit.target.provider === "webgpu" && g.size.length === 3;

/** A convolution of `groups` groups with any of ONNX's attributes. */
export function volumeConv(
  emit: Emit,
  [x, w]: readonly [string, string],
  { channels, kernels, groups }: { channels: number; kernels: number; groups: number },
  attrs: { strides?: Shape; dilations?: Shape; pads: readonly number[] },
): string {
  if (groups === 1) return emit("Conv", [x, w], attrs);
  const part = (v: string, axis: number, size: number, i: number) =>
    sliced(emit, v, [axis], [i * size], [(i + 1) * size]);
  const [c, k] = [channels / groups, kernels / groups];
  const results = Array.from({ length: groups }, (_, i) =>
    emit("Conv", [part(x, 1, c, i), part(w, 0, k, i)], attrs),
  );
  return emit("Concat", results, { axis: 1 });
}

/** y [n,k,…out] and w [k,c/groups,…kernel] → x [n,c,…size]. */
export function volumeConvTranspose(emit: Emit, y: string, w: string, g: Geometry): string {
  const reach = g.kernel.map((t, i) => g.dilations[i]! * (t - 1));
  const spread = withZeros(emit, y, g);
  // What strides skipped at the far edge has no element of y: the kernel sees only zeros there.
  const beyond = g.size.map((s, i) =>
    Math.max(0, s + g.pads[i]![0] - ((g.out[i]! - 1) * g.strides[i]! + reach[i]! + 1)),
  );
  const full = volumeConv(
    emit,
    [spread, turned(emit, w, g)],
    { channels: g.k, kernels: g.c, groups: g.groups },
    { dilations: g.dilations, pads: [...reach, ...reach.map((r, i) => r + beyond[i]!)] },
  );
  const starts = g.pads.map((p) => p[0]);
  return sliced(
    emit,
    full,
    [2, 3, 4],
    starts,
    starts.map((s, i) => s + g.size[i]!),
  );
}

/** strides − 1 zeros between neighbours: [n,k,…out] → [n,k,…(out − 1)·stride + 1]. */
function withZeros(emit: Emit, y: string, { n, k, out, strides }: Geometry): string {
  if (strides.every((s) => s === 1)) return y;
  const lead = [n, k];
  return out.reduce((x, _, i) => {
    if (strides[i] === 1) return x;
    const size = out.map((o, a) => (a < i ? (o - 1) * strides[a]! + 1 : o));
    const cells = [...lead, ...size.slice(0, i + 1), 1, ...size.slice(i + 1)];
    const after = cells.map((_, a) => (a === i + 3 ? strides[i]! - 1 : 0));
    const apart = emit("Pad", [
      emit("Reshape", [x, emit.ints(cells)]),
      emit.ints([...cells.map(() => 0), ...after]),
    ]);
    const wide = size.map((s, a) => (a === i ? s * strides[i]! : s));
    const joined = emit("Reshape", [apart, emit.ints([...lead, ...wide])]);
    return sliced(emit, joined, [i + 2], [0], [(out[i]! - 1) * strides[i]! + 1]);
  }, y);
}

/** The kernel of the adjoint, [c,k/groups,…kernel]: each group transposed, every axis reversed. */
function turned(emit: Emit, w: string, g: Geometry): string {
  const [c, k] = [g.c / g.groups, g.k / g.groups];
  const apart = emit("Reshape", [w, emit.ints([g.groups, k, c, ...g.kernel])]);
  const swapped = emit("Transpose", [apart], { perm: [0, 2, 1, 3, 4, 5] });
  const kernel = emit("Reshape", [swapped, emit.ints([g.c, k, ...g.kernel])]);
  const back = emit.ints([-1, -1, -1]);
  const ends = emit.ints(g.kernel.map((t) => -t - 1));
  return emit("Slice", [kernel, back, ends, emit.ints([2, 3, 4]), back]);
}

const sliced = (emit: Emit, x: string, axes: Shape, starts: Shape, ends: Shape): string =>
  emit("Slice", [x, emit.ints(starts), emit.ints(ends), emit.ints(axes)]);

/** Attributes of the forward convolution. */
export const volumeAttributes = (g: Geometry) => ({
  strides: g.strides,
  dilations: g.dilations,
  pads: onnxPads(g),
});
