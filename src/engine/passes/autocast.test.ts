import { describe, expect, test } from "vitest";
import { RandomStream } from "../../core/random.ts";
import { grad } from "../autodiff/grad.ts";
import { input } from "../ir/leaves.ts";
import { print } from "../ir/print.ts";
import { ancestors, type Tensor } from "../ir/tensor.ts";
import { type Shape, sizeOf } from "../ir/type.ts";
import { toOnnx } from "../onnx/model.ts";
import {
  add,
  conv,
  exp,
  leakyRelu,
  matmul,
  mean,
  mul,
  rsqrt,
  sqrt,
  square,
  sub,
  sum,
  tanh,
} from "../ops/index.ts";
import { program } from "../program.ts";
import { evaluate } from "../reference/evaluate.ts";
import type { NdArray } from "../reference/ndarray.ts";
import { nodeCpu } from "../run/node-cpu.ts";

const halved = (outputs: Record<string, Tensor>) => program(outputs, { precision: "f16" });
const textOf = (outputs: Record<string, Tensor>) => print(halved(outputs).outputs);

test("products in halves, what follows them too, sums and all that goes in and out in f32", () => {
  const [x, w, b, v] = [
    input("x", [8, 4]),
    input("w", [4, 3]),
    input("b", [3]),
    input("v", [3, 2]),
  ];
  const loss = mean(square(matmul(leakyRelu(add(matmul(x, w), b)), v)));
  const [dw, db] = grad(loss, [w, b]);
  expect(textOf({ loss, dw: dw!, db: db! })).toMatchInlineSnapshot(`
    "%0 = input x : f32[8,4]
    %1 = input w : f32[4,3]
    %2 = input b : f32[3]
    %3 = input v : f32[3,2]
    %4 = cast(%0, {to: "f16"}) : f16[8,4]
    %5 = cast(%1, {to: "f16"}) : f16[4,3]
    %6 = matmul(%4, %5) : f16[8,3]
    %7 = cast(%2, {to: "f16"}) : f16[3]
    %8 = add(%6, %7) : f16[8,3]
    %9 = leakyRelu(%8) : f16[8,3]
    %10 = cast(%3, {to: "f16"}) : f16[3,2]
    %11 = matmul(%9, %10) : f16[8,2]
    %12 = cast(%11) : f32[8,2]
    %13 = mul(%12, %12) : f32[8,2]
    %14 = sum(%13) : f32[]
    %15 = mul(%14, 0.0625) : f32[]
    %16 = step(%9) : f16[8,3]
    %17 = maximum(%16, 0.199951171875) : f16[8,3]
    %18 = mul(0.125, %11) : f16[8,2]
    %19 = matmul(%18, %10, {transposeB: true}) : f16[8,3]
    %20 = mul(%19, %17) : f16[8,3]
    %21 = cast(%20) : f32[8,3]
    %22 = sum(%21, {axes: [0]}) : f32[3]
    %23 = matmul(%4, %20, {transposeA: true}) : f16[4,3]
    %24 = cast(%23) : f32[4,3]
    return loss = %15, dw = %24, db = %22"
  `);
});

describe("what stays in f32", () => {
  const h = matmul(input("x", [8, 4]), input("w", [4, 3]));
  const dtypes = (y: Tensor) =>
    ancestors(Object.values(halved({ y: matmul(y, input("v", [3, 2])) }).outputs))
      .filter((t) => t.record.precision !== "half" && t.inputs.length > 0)
      .map((t) => `${t.record.name} ${t.dtype}`);

  test("what follows a product does not", () => {
    expect(dtypes(tanh(h))).toEqual(["cast f16", "cast f16", "tanh f16", "cast f16", "cast f32"]);
  });

  test("exponentials", () => expect(dtypes(exp(h))).toContain("exp f32"));

  test("a sum with values in f32 of the same size", () => {
    expect(dtypes(add(h, input("skip", [8, 3])))).toContain("add f32");
    expect(dtypes(add(h, input("bias", [3])))).toContain("add f16");
  });

  test("a product with a number that is nothing, or all there is, as a half", () => {
    expect(dtypes(mul(h, 0.25))).toContain("mul f16");
    expect(dtypes(mul(h, 1e-6))).toContain("mul f32");
    expect(dtypes(mul(h, 1e6))).toContain("mul f32");
  });

  test("a square that is only summed", () => {
    const scale = rsqrt(add(mean(square(h), { axes: [0] }), 1e-5));
    const found = dtypes(mul(h, scale));
    expect(found).toContain("sum f32");
    // One product for the square, one with the scale.
    expect(found.filter((n) => n.startsWith("mul f16"))).toHaveLength(1);
    const large = Float64Array.of(300, 0, 0, 0);
    const feeds = {
      x: { shape: [8, 4], dtype: "f32", data: new Float64Array(32).fill(0) },
      w: { shape: [4, 3], dtype: "f32", data: new Float64Array(12).fill(1) },
    } as const;
    feeds.x.data.set(large);
    const [total] = evaluate(Object.values(halved({ y: sum(square(h)) }).outputs), feeds);
    // 300² is beyond the halves.
    expect(total!.data[0]).toBe(3 * 300 ** 2);
  });
});

describe("the sum of a large map", () => {
  const [x, w] = [input("x", [2, 64, 24, 24]), input("w", [64, 64, 1, 1])];
  const h = conv(x, w);

  test("adds halves in short stretches, and those in f32", () => {
    expect(textOf({ y: sum(h, { axes: [0, 2, 3], keep: true }) })).toMatchInlineSnapshot(`
      "%0 = input x : f32[2,64,24,24]
      %1 = input w : f32[64,64,1,1]
      %2 = cast(%0, {to: "f16"}) : f16[2,64,24,24]
      %3 = cast(%1, {to: "f16"}) : f16[64,64,1,1]
      %4 = conv(%2, %3) : f16[2,64,24,24]
      %5 = reshape(%4, {shape: [2,64,24,1,24]}) : f16[2,64,24,1,24]
      %6 = sum(%5, {axes: [4]}) : f16[2,64,24,1]
      %7 = cast(%6) : f32[2,64,24,1]
      %8 = sum(%7, {axes: [0,2,3], keep: true}) : f32[1,64,1,1]
      return y = %8"
    `);
  });

  test("takes products as halves, squares in f32", () => {
    const products = textOf({ y: sum(mul(h, leakyRelu(h))) });
    expect(products).toMatch(/mul\(.*: f16\[2,64,24,24\]/);
    const squares = textOf({ y: sum(square(h)) });
    expect(squares).toMatch(/mul\(.*: f32\[2,64,24,24\]/);
    expect(squares).not.toMatch(/mul\(.*: f16/);
  });

  test("is that of the reference", async () => {
    const compiled = halved({
      all: sum(h),
      rows: sum(h, { axes: [0, 2] }),
      batch: sum(h, { axes: [0] }),
    });
    const random = new RandomStream(6, "sums");
    const feeds = Object.fromEntries(
      [x, w].map((t) => {
        const data = Float64Array.from(random.normal(new Float32Array(sizeOf(t.shape))));
        return [t.attrs.name as string, { shape: t.shape, dtype: "f32" as const, data }];
      }),
    );
    const session = await provider.create(toOnnx(compiled, provider));
    const fed = Object.entries(feeds).map(
      ([k, v]) => [k, provider.value("f32", v.shape, Float32Array.from(v.data))] as const,
    );
    const got = await session.run(Object.fromEntries(fed));
    const exact = evaluate([sum(h), sum(h, { axes: [0, 2] }), sum(h, { axes: [0] })], feeds);
    for (const [i, name] of ["all", "rows", "batch"].entries()) {
      expect(got[name]!.shape).toEqual(exact[i]!.shape);
      const error = distance(await got[name]!.data(), exact[i]!.data);
      expect(error, name).toBeLessThan(0.01);
    }
    await session.dispose();
  });
});

test("a weight is rounded once, for the pass forward and the one back", () => {
  const [x, w] = [input("x", [2, 3, 6, 6]), input("w", [3, 3, 3, 3])];
  const y = conv(leakyRelu(conv(x, w)), w);
  const [dx] = grad(sum(square(y)), [x]);
  const nodes = ancestors(Object.values(halved({ y, dx: dx! }).outputs));
  const weight = nodes.find((t) => t.attrs.name === "w");
  const casts = nodes.filter((t) => t.inputs[0] === weight);
  expect(casts.map((t) => `${t.record.name} ${t.dtype}`)).toEqual(["cast f16"]);
});

test("without it nothing changes", () => {
  const y = tanh(matmul(input("x", [8, 4]), input("w", [4, 3])));
  const bytes = toOnnx(program({ y }, { precision: "f32" }), { target: provider.target });
  expect(bytes).toEqual(toOnnx(program({ y }), { target: provider.target }));
  expect(print(program({ y }).outputs)).not.toContain("f16");
});

const provider = await nodeCpu({ threads: 1 });

/** Two convolutions with a batch norm between them, a tanh, a penalty of its slope, and gradients. */
function criticOf(): { outputs: Record<string, Tensor>; shapes: Record<string, Shape> } {
  const shapes = { x: [4, 3, 8, 8], w: [16, 3, 3, 3], gain: [16, 1, 1], v: [4, 16, 4, 4] };
  const [x, w, gain, v] = Object.entries(shapes).map(([name, shape]) => input(name, shape));
  const h = conv(x!, w!, {
    pads: [
      [1, 1],
      [1, 1],
    ],
  });
  const centred = sub(h, mean(h, { axes: [0, 2, 3], keep: true }));
  const power = mean(square(centred), { axes: [0, 2, 3], keep: true });
  const normal = mul(mul(centred, rsqrt(add(power, 1e-5))), gain!);
  const score = tanh(conv(leakyRelu(normal), v!, { strides: [2, 2] }));
  const [slope] = grad(sum(score), [x!]);
  const penalty = mean(square(sub(sqrt(add(sum(square(slope!), { axes: [1, 2, 3] }), 1e-12)), 1)));
  const loss = add(mean(score), penalty);
  const [dw, dgain, dv] = grad(loss, [w!, gain!, v!]);
  return { outputs: { loss, dw: dw!, dgain: dgain!, dv: dv! }, shapes };
}

test("values, gradients and their gradients are near those of the float64 reference", async () => {
  const { outputs, shapes } = criticOf();
  const random = new RandomStream(5, "autocast");
  const feeds: Record<string, NdArray> = {};
  for (const [name, shape] of Object.entries(shapes)) {
    const data = Float64Array.from(random.normal(new Float32Array(sizeOf(shape))));
    feeds[name] = { shape, dtype: "f32", data: data.map((d) => (name === "gain" ? 1 : d * 0.3)) };
  }
  const exact = evaluate(Object.values(outputs), feeds);
  const compiled = halved(outputs);
  const emulated = evaluate(Object.values(compiled.outputs), feeds);
  for (const target of [
    provider.target,
    { provider: "webgpu", nchwcBlock: 0, half: true } as const,
  ]) {
    const session = await provider.create(toOnnx(compiled, { target }));
    const fed = Object.entries(feeds).map(
      ([k, v]) => [k, provider.value("f32", v.shape, Float32Array.from(v.data))] as const,
    );
    const got = await session.run(Object.fromEntries(fed));
    for (const [i, name] of Object.keys(outputs).entries()) {
      const data = await got[name]!.data();
      const error = distance(data, exact[i]!.data);
      expect(error, name).toBeLessThan(0.02);
      // Halves they are.
      expect(error, name).toBeGreaterThan(1e-6);
      // The processor's runtime leaves roundings out of the device's forms, not of its own.
      const own = target === provider.target;
      if (own) expect(distance(data, emulated[i]!.data), name).toBeLessThan(1e-4);
    }
    await session.dispose();
  }
});

/** ‖a − b‖/‖b‖. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [apart, size] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    apart += (a[i]! - b[i]!) ** 2;
    size += b[i]! ** 2;
  }
  return Math.sqrt(apart / size);
}
