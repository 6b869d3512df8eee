import { GanymedeError } from "../../core/errors.ts";
import { grad } from "../autodiff/grad.ts";
import { input, inputName } from "../ir/leaves.ts";
import { sizeOf } from "../ir/type.ts";
import { toOnnx } from "../onnx/model.ts";
import {
  add,
  cast,
  conv,
  leakyRelu,
  matmul,
  mean,
  reshape,
  square,
  sum,
  tanh,
} from "../ops/index.ts";
import { type Program, program } from "../program.ts";
import { evaluate } from "../reference/evaluate.ts";
import type { Provider } from "./provider.ts";

/** Half a percent is lost by halves themselves, whatever the order of summation. */
const allowed = 0.03;

/**
 * The provider for graphs in mixed precision. A device has to compute right in float16: a small net and
 * its gradient are compared with the reference. The processor's kernels are for float32 and emulate
 * it: the same numbers to the last place that matters, slower than without. Throws `PRECISION` where a
 * device cannot; WebGPU needs an adapter with `shader-f16`, and without one says so only when run.
 */
export async function withHalves(provider: Provider): Promise<Provider> {
  if (provider.target.provider !== "webgpu") return provider;
  const able: Provider = { ...provider, target: { ...provider.target, half: true } };
  const failure = await halvesError(able).then(
    (error) => (error <= allowed ? undefined : `numbers that are ${error.toPrecision(2)} off`),
    whatItSaid,
  );
  if (failure === undefined) return able;
  throw new GanymedeError("PRECISION", {
    where: `precision f16 on ${provider.id}`,
    expected: "a device with float16 arithmetic",
    got: failure,
    fix: "train with --precision f32, or on another device",
  });
}

function whatItSaid(cause: unknown): string {
  if (cause instanceof GanymedeError) return cause.fault.got;
  return cause instanceof Error ? cause.message : String(cause);
}

/** The largest error of a small net and its gradients in halves, over the scale of each result. */
export async function halvesError(provider: Provider): Promise<number> {
  const check = smallNet();
  const values = new Map(
    check.inputs.map((t, k) => {
      const wave = (i: number) => Math.fround(0.4 * Math.sin(1 + 0.37 * (k + 1) * i));
      return [t, Float64Array.from({ length: sizeOf(t.shape) }, (_, i) => wave(i))] as const;
    }),
  );
  const feeds = [...values].map(([t, data]) => {
    const fed = provider.value("f32", t.shape, Float32Array.from(data));
    return [inputName(t)!, fed] as const;
  });
  const known = [...values].map(
    ([t, data]) => [inputName(t)!, { shape: t.shape, dtype: t.dtype, data }] as const,
  );
  const expected = evaluate(Object.values(check.outputs), Object.fromEntries(known));
  const session = await provider.create(toOnnx(check, { target: provider.target }));
  try {
    const results = await session.run(Object.fromEntries(feeds));
    const errors = Object.keys(check.outputs).map(async (name, i) =>
      distance(await results[name]!.data(), expected[i]!.data),
    );
    return Math.max(...(await Promise.all(errors)));
  } finally {
    await session.dispose();
  }
}

/** Convolutions with bias and slope, a dense layer, the gradient of each weight, and a sum of halves. */
function smallNet(): Program {
  const [x, w, b, v, u] = [
    input("x", [2, 3, 8, 8]),
    input("w", [16, 3, 3, 3]),
    input("b", [16, 1, 1]),
    input("v", [8, 16, 4, 4]),
    input("u", [72, 5]),
  ];
  const h = leakyRelu(add(conv(x, w), b));
  const y = tanh(matmul(reshape(conv(h, v), { shape: [2, 72] }), u));
  const weights = { w, b, v, u };
  const gradients = grad(mean(square(y)), Object.values(weights));
  const named = Object.keys(weights).map((name, i) => [`d${name}`, gradients[i]!] as const);
  const added = cast(sum(cast(x, { to: "f16" }), { axes: [2, 3] }), { to: "f32" });
  return program({ y, added, ...Object.fromEntries(named) }, { precision: "f16" });
}

/** ‖a − b‖/‖b‖; NaN counts as infinite. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [apart, size] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    apart += (a[i]! - b[i]!) ** 2;
    size += b[i]! ** 2;
  }
  const error = Math.sqrt(apart / size);
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
}
