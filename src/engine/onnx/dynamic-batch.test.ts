import { describe, expect, test } from "vitest";
import { stream } from "../../core/random.ts";
import { constant, input } from "../ir/leaves.ts";
import type { Tensor } from "../ir/tensor.ts";
import { sizeOf } from "../ir/type.ts";
import {
  add,
  concat,
  convTranspose,
  expand,
  matmul,
  mean,
  mul,
  reshape,
  tanh,
} from "../ops/index.ts";
import { program } from "../program.ts";
import { nodeCpu } from "../run/node-cpu.ts";
import { probeBatches, withDynamicBatch } from "./dynamic-batch.ts";
import type { Target } from "./emit.ts";
import { toModel, toOnnx } from "./model.ts";
import { encodeModel } from "./proto.ts";

const plain: Target = { provider: "plain", nchwcBlock: 0 };
const provider = await nodeCpu({ threads: 1 });

type Net = (z: Tensor) => Tensor;

const traceAt = (net: Net, batch: number) => program({ y: net(input("z", [batch, 6])) });

function dynamic(net: Net) {
  const [a, b] = probeBatches.map((batch) => ({
    batch,
    model: toModel(traceAt(net, batch), { target: plain }),
  }));
  return withDynamicBatch(a!, b!);
}

async function run(model: Uint8Array, n: number): Promise<Float32Array> {
  const session = await provider.create(model);
  const z = stream(1, "z").normal(new Float32Array(n * 6));
  const { y } = await session.run({ z: provider.value("f32", [n, 6], z) });
  const data = (await y!.data()) as Float32Array;
  await session.dispose();
  return data;
}

const weights = (name: string, shape: readonly number[]): Tensor =>
  constant(stream(2, name).normal(new Float32Array(sizeOf(shape))), shape);

const mlp: Net = (z) =>
  tanh(matmul(tanh(add(matmul(z, weights("w", [6, 8])), weights("b", [8]))), weights("v", [8, 2])));

const dcgan: Net = (z) => {
  const seed = convTranspose(
    reshape(z, { shape: [...z.shape, 1, 1] }),
    weights("p", [6, 4, 4, 4]),
    {
      size: [4, 4],
    },
  );
  const up = convTranspose(tanh(seed), weights("u", [4, 1, 4, 4]), {
    size: [8, 8],
    strides: [2, 2],
    pads: [
      [1, 1],
      [1, 1],
    ],
  });
  return tanh(up);
};

/** A learned constant repeated over the batch, as in StyleGAN; two batch sizes in one reshape. */
const fromConstant: Net = (z) => {
  const n = z.shape[0]!;
  const base = expand(weights("c", [1, 3]), { shape: [n, 3] });
  const both = concat([base, mul(base, mean(z, { axes: [1], keep: true }))], { axis: 1 });
  return reshape(expand(reshape(both, { shape: [n, 1, 6] }), { shape: [n, 2, 6] }), {
    shape: [2 * n, 6],
  });
};

describe("a model for any batch", () => {
  const nets: Record<string, Net> = { mlp, dcgan, fromConstant };
  test.each(Object.keys(nets))("%s agrees with the static one at 1, 5 and 64", async (name) => {
    const model = encodeModel(dynamic(nets[name]!));
    for (const n of [1, 5, 64]) {
      const fixed = await run(toOnnx(traceAt(nets[name]!, n), { target: plain }), n);
      const free = await run(model, n);
      expect(free).toEqual(fixed);
    }
  });

  test("names the batch in inputs and outputs, and multiples of it", () => {
    const { graph } = dynamic(fromConstant);
    expect(graph.inputs[0]!.dims).toEqual(["n", 6]);
    expect(graph.outputs[0]!.dims).toEqual(["2n", 6]);
  });

  test("refuses a value that depends on the batch", () => {
    const normalised: Net = (z) => mul(z, 1 / z.shape[0]!);
    expect(() => dynamic(normalised)).toThrow(/EXPORT_BATCH/);
  });
});
