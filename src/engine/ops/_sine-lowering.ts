import type { DType } from "../ir/type.ts";
import type { Emit } from "../onnx/emit.ts";

/** π in three parts: products of the first two with whole numbers below 2¹³ are exact in float32. */
const pi = [3.140625, 0.0009670257568359375, 6.277114152908325e-7] as const;

/** 1/3!, 1/5!, … with their signs; what is left out is below 6e-8 on [−π/2, π/2]. */
const taylor = [-1 / 6, 1 / 120, -1 / 5040, 1 / 362880, -1 / 39916800] as const;

/**
 * Sine or cosine in plain arithmetic. WGSL promises its own only to 2⁻¹¹, and only on [−π, π]: noise
 * made from them would differ from device to device.
 */
export function emitSine(emit: Emit, x: string, kind: "sin" | "cos", dtype: DType): string {
  const scalar = (value: number) => emit.scalar(value, dtype);
  const add = (a: string, b: string) => emit("Add", [a, b]);
  const mul = (a: string, b: string) => emit("Mul", [a, b]);
  const turns = mul(x, scalar(1 / Math.PI));
  // sin x = (−1)ᵐ sin r with x = mπ + r; cos x = −(−1)ᵐ sin r with x = (m + ½)π + r.
  const isSine = kind === "sin";
  const m = emit("Floor", [isSine ? add(turns, scalar(0.5)) : turns]);
  const centre = isSine ? m : add(m, scalar(0.5));
  const r = pi.reduce((rest, part) => emit("Sub", [rest, mul(centre, scalar(part))]), x);
  const z = mul(r, r);
  const series = taylor.reduceRight((sum, c) => mul(z, add(scalar(c), sum)), scalar(0));
  const sine = add(r, mul(r, series));
  // m − 2⌊m/2⌋ is 1 for an odd m.
  const odd = emit("Sub", [m, mul(scalar(2), emit("Floor", [mul(m, scalar(0.5))]))]);
  const sign = isSine
    ? emit("Sub", [scalar(1), mul(scalar(2), odd)])
    : emit("Sub", [mul(scalar(2), odd), scalar(1)]);
  return mul(sign, sine);
}
