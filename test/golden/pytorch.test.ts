import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { grad } from "../../src/engine/autodiff/grad.ts";
import { input, inputName } from "../../src/engine/ir/leaves.ts";
import type { Tensor } from "../../src/engine/ir/tensor.ts";
import { toOnnx } from "../../src/engine/onnx/model.ts";
import { mean, norm, reshape, square, sub, sum } from "../../src/engine/ops/index.ts";
import { program } from "../../src/engine/program.ts";
import { nodeCpu } from "../../src/engine/run/node-cpu.ts";
import { leaky, tanh } from "../../src/nn/activations.ts";
import { batchNorm } from "../../src/nn/batch-norm.ts";
import { conv } from "../../src/nn/conv.ts";
import { type Layer, sequential } from "../../src/nn/module.ts";
import { Trace } from "../../src/nn/trace.ts";
import { Variables } from "../../src/nn/variables.ts";

interface Stored {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}
interface Derivatives {
  readonly value: number;
  readonly gradients: Readonly<Record<string, Stored>>;
}
interface Golden {
  readonly x: Stored;
  readonly nets: Readonly<
    Record<
      string,
      {
        readonly parameters: Readonly<Record<string, Stored>>;
        readonly output: Stored;
        readonly loss: Derivatives;
        readonly penalty: Derivatives & { readonly slope: Stored };
      }
    >
  >;
}

/** Made once by bench/peers/golden_gradients.py with PyTorch 2.6 in float64. */
const golden = JSON.parse(
  readFileSync(new URL("../../bench/peers/golden/conv-bn-gradients.json", import.meta.url), "utf8"),
) as Golden;

const provider = await nodeCpu({ threads: 1 });

function net(normed: boolean): Layer {
  const bias = !normed;
  const norms = (name: string): Record<string, Layer> => (normed ? { [name]: batchNorm() } : {});
  return sequential({
    conv1: conv(4, { kernel: 3, pad: 1, bias }),
    ...norms("norm1"),
    act1: leaky(0.2),
    conv2: conv(6, { kernel: 4, stride: 2, pad: 1, bias }),
    ...norms("norm2"),
    act2: tanh,
    conv3: conv(1, { kernel: 3, pad: 1 }),
  });
}

/** max |a − b| relative to the largest |b|. */
function error(got: ArrayLike<number>, want: readonly number[]): number {
  const scale = Math.max(1e-3, ...want.map(Math.abs));
  return Math.max(...want.map((w, i) => Math.abs(got[i]! - w) / scale));
}

async function run(name: string): Promise<Record<string, ArrayLike<number>>> {
  const { parameters } = golden.nets[name]!;
  const trace = new Trace(new Variables(), { training: true });
  const x = input("x", golden.x.shape);
  const y = net(name === "batch-norm")(x, trace.scope("net"));
  const names = Object.keys(parameters);
  const by = [...names.map((n) => trace.read(`net.${n}`)), x];
  const loss = mean(square(y));
  const slope = grad(sum(y), [x])[0]!;
  const perSample = norm(reshape(slope, { shape: [x.shape[0]!, -1] }), { axes: [1] });
  const penalty = mean(square(sub(perSample, 1)));
  const outputs: Record<string, Tensor> = { output: y, loss, penalty, slope };
  for (const [what, scalar] of Object.entries({ loss, penalty })) {
    grad(scalar, by).forEach((g, i) => {
      outputs[`${what} ${names[i] ?? "x"}`] = g;
    });
  }
  const compiled = program(outputs);
  const session = await provider.create(toOnnx(compiled, { target: provider.target }));
  const stored = (n: string) => (n === "x" ? golden.x : parameters[n.slice("net.".length)]!);
  const feeds = compiled.inputs.map((t) => {
    const { shape, data } = stored(inputName(t)!);
    return [inputName(t)!, provider.value("f32", shape, Float32Array.from(data))] as const;
  });
  const results = await session.run(Object.fromEntries(feeds));
  const values: Record<string, ArrayLike<number>> = {};
  for (const [key, value] of Object.entries(results)) values[key] = await value.data();
  await session.dispose();
  return values;
}

describe.each(Object.keys(golden.nets))("a 3-layer conv net, %s, against PyTorch", (name) => {
  const want = golden.nets[name]!;

  test("output, loss, penalty and slope", async () => {
    const got = await run(name);
    expect(error(got.output!, want.output.data)).toBeLessThan(1e-5);
    expect(error(got.loss!, [want.loss.value])).toBeLessThan(1e-5);
    expect(error(got.penalty!, [want.penalty.value])).toBeLessThan(1e-5);
    expect(error(got.slope!, want.penalty.slope.data)).toBeLessThan(1e-4);
  });

  test("gradients of the loss and of the gradient penalty", async () => {
    const got = await run(name);
    for (const what of ["loss", "penalty"] as const) {
      for (const [parameter, { data }] of Object.entries(want[what].gradients)) {
        expect
          .soft(error(got[`${what} ${parameter}`]!, data), `${what} ${parameter}`)
          .toBeLessThan(1e-4);
      }
    }
  });
});
