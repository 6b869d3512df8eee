import type { Emit } from "../onnx/emit.ts";
import type { Geometry } from "./_conv-shape.ts";

/** The pixels i = s·q + r − p of one axis, q = q0, q0 + 1, …: they see the taps r, r + s, … alone. */
interface Phase {
  readonly remainder: number;
  readonly first: number;
  readonly taps: number;
  readonly pads: readonly [number, number];
}

/**
 * Strided transposed convolution, y [n,k,…o] → [n,c,…size], as a blocked-layout convolution of stride 1
 * for each phase of the pixels, whose results are interleaved 16 channels at a time: no columns, and
 * no sum over them on one thread. Undefined where the phases differ in size or would need a crop.
 */
export function phasedConvTranspose(
  emit: Emit,
  y: string,
  w: string,
  g: Geometry,
): string | undefined {
  const block = emit.target.nchwcBlock;
  const [rows, columns] = g.size.map((_, axis) => phasesOf(g, axis));
  const all = [...(rows ?? []), ...(columns ?? [])];
  const even = g.size.every((size, i) => size % g.strides[i]! === 0);
  if (!rows || !columns || !even || all.some(({ pads, taps }) => taps < 1 || Math.min(...pads) < 0))
    return undefined;
  const image = emit("ReorderInput", [y], {}, nchwc);
  const weights = tapsOutside(emit, w, g, block);
  const [height, width] = g.size.map((size, i) => size / g.strides[i]!) as [number, number];
  const lines = rows.map((row) => {
    const maps = columns.map((column) => {
      const kernel = phaseKernel(emit, weights, g, [row, column], block);
      const pads = [row.pads[0], column.pads[0], row.pads[1], column.pads[1]];
      const map = emit("Conv", [image, kernel], { ...unit, pads }, nchwc);
      return emit("Reshape", [map, emit.ints([(g.n * g.c * height * width) / block, block])]);
    });
    const line = emit("Concat", maps, { axis: 1 });
    const shape = [(g.n * g.c * height) / block, width * columns.length * block];
    return emit("Reshape", [line, emit.ints(shape)]);
  });
  const whole = emit("Concat", lines, { axis: 1 });
  const blocked = emit("Reshape", [whole, emit.ints([g.n, g.c, ...g.size])]);
  return emit("ReorderOutput", [blocked], { channels: g.c }, nchwc);
}

const nchwc = { domain: "com.microsoft.nchwc" };
const unit = { strides: [1, 1], dilations: [1, 1], group: 1 };

/** In the order of their first pixels. */
function phasesOf(g: Geometry, axis: number): Phase[] {
  const [s, k, o] = [g.strides[axis]!, g.kernel[axis]!, g.out[axis]!];
  const pad = g.pads[axis]![0];
  const count = g.size[axis]! / s;
  return Array.from({ length: s }, (_, r): Phase => {
    const taps = Math.ceil((k - r) / s);
    const q0 = Math.ceil((pad - r) / s);
    // The results that tap u of pixel q needs are q − u.
    return {
      remainder: r,
      first: s * q0 + r - pad,
      taps,
      pads: [taps - 1 - q0, q0 + count - o],
    };
  }).sort((a, b) => a.first - b.first);
}

/** w [k,c,kh,kw] → [c/b · k/b, b of k, kh, kw, b of c]. */
function tapsOutside(emit: Emit, w: string, g: Geometry, block: number): string {
  const taps = g.kernel[0]! * g.kernel[1]!;
  const split = emit("Reshape", [w, emit.ints([g.k, g.c / block, block, taps])]);
  const moved = emit("Transpose", [split], { perm: [1, 0, 3, 2] });
  const groups = (g.c / block) * (g.k / block);
  return emit("Reshape", [moved, emit.ints([groups, block, ...g.kernel, block])]);
}

/** The taps of a phase, turned round, as the blocked kernel [c,k,…] of its convolution. */
function phaseKernel(
  emit: Emit,
  weights: string,
  g: Geometry,
  phases: readonly [Phase, Phase],
  block: number,
): string {
  const last = phases.map((p, i) => p.remainder + g.strides[i]! * (p.taps - 1));
  const ends = g.kernel.map((k) => -(k + 1));
  const steps = g.strides.map((s) => -s);
  const axes = emit.ints([2, 3]);
  const cut = emit("Slice", [weights, emit.ints(last), emit.ints(ends), axes, emit.ints(steps)]);
  const taps = phases.map((p) => p.taps);
  const groups = (g.c / block) * (g.k / block);
  const split = emit("Reshape", [cut, emit.ints([groups, block, taps[0]! * taps[1]!, block])]);
  const byTap = emit("Transpose", [split], { perm: [0, 2, 1, 3] });
  return emit("Reshape", [byTap, emit.ints([g.c, g.k, ...taps])]);
}
