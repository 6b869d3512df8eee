import type { Emit } from "../onnx/emit.ts";
import { cpuConv, cpuConvTranspose, cpuConvWeight } from "./_conv-cpu.ts";
import { type Geometry, onnxPads } from "./_conv-shape.ts";
import { isVolume, volumeAttributes, volumeConv, volumeConvTranspose } from "./_conv-volume.ts";

/*
 * The plain forms, right on every provider, in 1-D, 2-D and 3-D. Weights are graph inputs here, so
 * the runtime's own layout pass for constant weights does not apply; `_conv-cpu.ts` has the faster
 * forms that the CPU provider takes where measurements say so.
 */

const convAttributes = (g: Geometry) => ({
  strides: g.strides,
  dilations: g.dilations,
  pads: onnxPads(g),
  group: g.groups,
});

const channelsOf = ({ c, k, groups }: Geometry) => ({ channels: c, kernels: k, groups });

export function lowerConv(emit: Emit, x: string, w: string, g: Geometry): string {
  if (isVolume(emit, g)) return volumeConv(emit, [x, w], channelsOf(g), volumeAttributes(g));
  return cpuConv(emit, x, w, g) ?? emit("Conv", [x, w], convAttributes(g));
}

export function lowerConvTranspose(emit: Emit, y: string, w: string, g: Geometry): string {
  if (isVolume(emit, g)) return volumeConvTranspose(emit, y, w, g);
  const fast = cpuConvTranspose(emit, y, w, g);
  if (fast !== undefined) return fast;
  // What the strided result cannot see at the far edge.
  const output_padding = g.size.map((s, i) => {
    const reach = g.dilations[i]! * (g.kernel[i]! - 1) + 1;
    return (s + g.pads[i]![0] + g.pads[i]![1] - reach) % g.strides[i]!;
  });
  return emit("ConvTranspose", [y, w], { ...convAttributes(g), output_padding });
}

/**
 * dw[k,c,t] = Σₙₒ x[n,c,o·s+t·d] y[n,k,o] is a convolution of xᵀ by yᵀ in which stride and dilation
 * change places. Columns that the strides skipped at the far edge are cut off.
 */
export function lowerConvWeight(emit: Emit, x: string, y: string, g: Geometry): string {
  const fast = cpuConvWeight(emit, x, y, g);
  if (fast !== undefined) return fast;
  const rank = g.size.length;
  const spatial = Array.from({ length: rank }, (_, i) => i + 2);
  const swap = { perm: [1, 0, ...spatial] };
  const image = groupedImage(emit, x, g);
  const taps = emit("Transpose", [y], swap);
  const attrs = { strides: g.dilations, dilations: g.strides, pads: onnxPads(g) };
  const wide = isVolume(emit, g)
    ? volumeConv(
        emit,
        [image, taps],
        { channels: g.groups * g.n, kernels: g.k, groups: g.groups },
        attrs,
      )
    : emit("Conv", [image, taps], { ...attrs, group: g.groups });
  const whole = emit("Slice", [
    wide,
    emit.ints(spatial.map(() => 0)),
    emit.ints(g.kernel),
    emit.ints(spatial),
  ]);
  return emit("Transpose", [whole], swap);
}

/** x [n, g·c', …] → [c', g·n, …], so that a grouped convolution pairs each group with its results. */
function groupedImage(emit: Emit, x: string, g: Geometry): string {
  const [n, c] = [g.n, g.c / g.groups];
  const spatial = g.size.map((_, i) => i + 2);
  if (g.groups === 1) return emit("Transpose", [x], { perm: [1, 0, ...spatial] });
  const split = emit("Reshape", [x, emit.ints([n, g.groups, c, ...g.size])]);
  const moved = emit("Transpose", [split], { perm: [2, 1, 0, ...spatial.map((i) => i + 1)] });
  return emit("Reshape", [moved, emit.ints([c, g.groups * n, ...g.size])]);
}
