import { RandomStream } from "../../src/core/random.ts";
import { grad } from "../../src/engine/autodiff/grad.ts";
import { input } from "../../src/engine/ir/leaves.ts";
import { type AnyRecord, applyRecord, type OpCase } from "../../src/engine/ir/op.ts";
import type { Tensor } from "../../src/engine/ir/tensor.ts";
import { isFloat, sizeOf } from "../../src/engine/ir/type.ts";
import { toOnnx } from "../../src/engine/onnx/model.ts";
import { add, cast, mul, sum } from "../../src/engine/ops/index.ts";
import { program } from "../../src/engine/program.ts";
import { evaluate } from "../../src/engine/reference/evaluate.ts";
import type { NdArray } from "../../src/engine/reference/ndarray.ts";
import type { Provider, TypedArray } from "../../src/engine/run/provider.ts";
import type { Claim, Values } from "../gradients.ts";

export { gradientError } from "../gradients.ts";

export type Case = OpCase<object>;

/** One case of a record, traced: its result, first and second derivatives, and inputs to feed. */
export interface Traced {
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly feeds: Values;
  /** Scalar functions with the gradients that were claimed for them, to be checked by differences. */
  readonly claims: readonly Claim[];
}

/** Draws values in the case's range, 0.05 away from its kinks. */
function draw(random: RandomStream, c: Case, index: number): NdArray {
  const shape = c.shapes[index]!;
  const dtype = c.dtypes?.[index] ?? "f32";
  const [low, high] = c.range ?? [-2, 2];
  const data = new Float64Array(sizeOf(shape));
  random.uniform(data);
  for (let i = 0; i < data.length; i++) {
    const v = low + (high - low) * data[i]!;
    const kink = c.kinks?.find((k) => Math.abs(v - k) < 0.05);
    // Rounded to float32, so that both sides see the same number.
    data[i] = Math.fround(kink === undefined ? v : kink + (v < kink ? -0.06 : 0.06));
    if (dtype === "i32" || dtype === "u8") data[i] = Math.floor(v);
    if (dtype === "bool") data[i] = v > (low + high) / 2 ? 1 : 0;
  }
  return { shape, dtype, data };
}

/**
 * Traces a case with its vjp, and the vjp of the vjp, all seeds being inputs. As f16, floats are cast
 * to halves before the operator, and what comes of them back to f32. `prefix` begins the name of every
 * input and output, so that several cases can share a graph.
 */
export function trace(
  record: AnyRecord,
  c: Case,
  seed: number,
  { precision = "f32", prefix = "" }: { precision?: "f32" | "f16"; prefix?: string } = {},
): Traced {
  const random = new RandomStream(seed, `case of ${record.name}`);
  const feeds: Record<string, NdArray> = {};
  const feed = (name: string, value: NdArray): Tensor => {
    feeds[prefix + name] = value;
    return input(prefix + name, value.shape, value.dtype);
  };
  const inputs = c.shapes.map((_, i) => feed(`x${i}`, draw(random, c, i)));
  const narrowed = inputs.map((t) => (t.dtype === "f32" ? cast(t, { to: precision }) : t));
  const result = applyRecord(record, narrowed, c.attrs);
  const y = isFloat(result) ? cast(result, { to: "f32" }) : result;
  const outputs: Record<string, Tensor> = { [`${prefix}y`]: y };
  const variables = inputs.filter((t) => t.dtype === "f32");
  if (typeof record.vjp !== "function" || variables.length === 0 || y.dtype !== "f32") {
    return { outputs, feeds, claims: [] };
  }
  const seedOf = (t: Tensor, name: string) =>
    feed(name, draw(random, { shapes: [t.shape], range: [-1, 1] }, 0));
  const ct = seedOf(y, "ct");
  const first = grad(y, variables, ct);
  const f = sum(mul(ct, y));
  const seeds = first.map((g, i) => seedOf(g, `u${i}`));
  // g depends on the inputs and on ct: a detached vjp shows here and only here.
  const g = first.map((d, i) => sum(mul(seeds[i]!, d))).reduce((a, b) => add(a, b));
  const by = [...variables, ct];
  const second = grad(g, by);
  for (const [i, t] of first.entries()) outputs[`${prefix}first${i}`] = t;
  for (const [i, t] of second.entries()) outputs[`${prefix}second${i}`] = t;
  return {
    outputs,
    feeds,
    claims: [
      { y: f, by: variables, gradients: first },
      { y: g, by, gradients: second },
    ],
  };
}

/** Runs the case on a provider; returns the largest error relative to each output's scale. */
export const providerError = async (traced: Traced, provider: Provider): Promise<number> =>
  Math.max(...(await outputErrors(traced, provider)).values());

/** The error of each output, relative to its scale. */
export async function outputErrors(
  { outputs, feeds }: Pick<Traced, "outputs" | "feeds">,
  provider: Provider,
): Promise<Map<string, number>> {
  const compiled = program(outputs);
  const session = await provider.create(toOnnx(compiled, { target: provider.target }));
  const used = new Set(compiled.inputs.map((t) => t.attrs.name as string));
  const fed = Object.entries(feeds).filter(([name]) => used.has(name));
  const results = await session.run(
    Object.fromEntries(fed.map(([k, v]) => [k, provider.value(v.dtype, v.shape, narrow(v))])),
  );
  const expected = evaluate(Object.values(outputs), feeds);
  const errors = new Map<string, number>();
  for (const [i, name] of Object.keys(outputs).entries()) {
    const [got, want] = [results[name]!, expected[i]!];
    const same = got.shape.join() === want.shape.join();
    errors.set(name, same ? relativeError(await got.data(), want.data) : Number.POSITIVE_INFINITY);
    got.dispose();
  }
  await session.dispose();
  return errors;
}

/** max |a − b| over the scale of b (at least 1); NaN anywhere counts as infinite. */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let scale = 1;
  let worst = 0;
  for (let i = 0; i < b.length; i++) {
    const error = Math.abs(a[i]! - b[i]!);
    if (Number.isNaN(error)) return Number.POSITIVE_INFINITY;
    scale = Math.max(scale, Math.abs(b[i]!));
    worst = Math.max(worst, error);
  }
  return worst / scale;
}

function narrow({ dtype, data }: NdArray): TypedArray {
  if (dtype === "f32") return Float32Array.from(data);
  return dtype === "i32" ? Int32Array.from(data) : Uint8Array.from(data);
}
