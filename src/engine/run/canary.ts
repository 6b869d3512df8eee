import { GanymedeError } from "../../core/errors.ts";
import { input } from "../ir/leaves.ts";
import { toOnnx } from "../onnx/model.ts";
import { conv } from "../ops/conv.ts";
import { sum } from "../ops/sum.ts";
import { program } from "../program.ts";
import type { Provider } from "./provider.ts";

/** Channels in and out, side of the map and of the kernel: the least that the fast layouts take. */
const [channels, side, kernel] = [16, 8, 3];
const xShape = [1, channels, side, side];
const wShape = [channels, channels, kernel, kernel];

const wave = (n: number, step: number) =>
  Float32Array.from({ length: n }, (_, i) => Math.sin(i * step));
const x = wave(channels * side * side, 0.7);
const w = wave(channels * channels * kernel * kernel, 0.3);

/** Float32 in any order of summation is within 1e-5, float16 inside a device within 1e-2. */
const canaryTolerance = 3e-2;

/**
 * The largest error of a small convolution and of a reduction on a provider, against plain loops. A
 * driver or a memory layout that does not fit the machine gives wrong numbers without an error.
 * Rejects when they do not run. Takes about 10 ms on a CPU.
 */
export async function canaryError(provider: Provider): Promise<number> {
  const y = conv(input("x", xShape), input("w", wShape), {
    pads: [
      [1, 1],
      [1, 1],
    ],
  });
  const traced = program({ y, total: sum(y, { axes: [0, 2, 3] }) });
  const session = await provider.create(toOnnx(traced, { target: provider.target }));
  try {
    const results = await session.run({
      x: provider.value("f32", xShape, x),
      w: provider.value("f32", wShape, w),
    });
    const expected = convolved();
    const totals = totalsOf(expected);
    return Math.max(
      distance(await results.y!.data(), expected),
      distance(await results.total!.data(), totals),
    );
  } finally {
    await session.dispose();
  }
}

/**
 * Returns the provider if it computes right. Throws `PROVIDER_WRONG`, whose reader is told `fix`, or
 * why it does not run.
 */
export async function requireRight<P extends Provider>(
  provider: P,
  fix = "update the graphics driver, or train on another device: --device cpu",
): Promise<P> {
  const error = await canaryError(provider);
  if (error <= canaryTolerance) return provider;
  throw new GanymedeError("PROVIDER_WRONG", {
    where: `${provider.id}, ${provider.runtime}`,
    expected: "the known results of a convolution and a sum",
    got: `numbers that are ${error.toPrecision(2)} away from them`,
    fix,
  });
}

function convolved(): Float64Array {
  const y = new Float64Array(channels * side * side);
  const at = (c: number, i: number, j: number) =>
    i < 0 || j < 0 || i >= side || j >= side ? 0 : x[(c * side + i) * side + j]!;
  for (let p = 0; p < y.length; p++) {
    const [k, i, j] = [Math.floor(p / side ** 2), Math.floor(p / side) % side, p % side];
    for (let q = 0; q < channels * kernel ** 2; q++) {
      const [c, di, dj] = [
        Math.floor(q / kernel ** 2),
        Math.floor(q / kernel) % kernel,
        q % kernel,
      ];
      y[p]! += w[k * channels * kernel ** 2 + q]! * at(c, i + di - 1, j + dj - 1);
    }
  }
  return y;
}

const totalsOf = (y: Float64Array) =>
  Array.from({ length: channels }, (_, k) =>
    y.subarray(k * side ** 2, (k + 1) * side ** 2).reduce((a, b) => a + b),
  );

/** NaN counts as infinite. */
function distance(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  let worst = got.length === expected.length ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(got[i]! - expected[i]!);
    worst = error <= worst ? worst : Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
  }
  return worst;
}
