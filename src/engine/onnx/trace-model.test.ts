import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { stream } from "../../core/random.ts";
import { grad } from "../autodiff/grad.ts";
import { input } from "../ir/leaves.ts";
import { mul, sum } from "../ops/index.ts";
import { program } from "../program.ts";
import { nodeCpu } from "../run/node-cpu.ts";
import { toOnnx } from "./model.ts";
import { readModel } from "./read.ts";
import { traceModel } from "./trace-model.ts";

const provider = await nodeCpu({ threads: 1 });
const bytesOf = (name: string) =>
  readFileSync(new URL(`../../../data/extractors/${name}.onnx`, import.meta.url));

const images = (n: number) =>
  stream(3, "images")
    .uniform(new Float32Array(n * 784))
    .map((v) => 2 * v - 1);

async function traced(name: string, n: number, outputs: readonly string[]) {
  const model = { ...readModel(name, bytesOf(name)), outputs };
  const x = input("images", [n, 1, 28, 28]);
  const { outputs: made, weights } = traceModel(model, { images: x }, { prefix: "w/", batch: 100 });
  const fed = Object.fromEntries(
    [...weights].map(([key, { dims, data }]) => [
      key,
      provider.value("f32", dims, data as Float32Array),
    ]),
  );
  return { x, made, fed };
}

describe.each([
  ["encoder", ["features"]],
  ["digits", ["features", "probabilities"]],
  ["garments", ["logits"]],
])("the extractor %s, traced from its file", (name, outputs) => {
  test("says what the runtime says of it, at another batch too", async () => {
    const whole = images(100);
    const session = await provider.create(bytesOf(name));
    const expected = await session.run({ images: provider.value("f32", [100, 1, 28, 28], whole) });
    const { made, fed } = await traced(name, 3, outputs);
    const own = await provider.create(toOnnx(program(made), { target: provider.target }));
    const three = provider.value("f32", [3, 1, 28, 28], whole.slice(0, 3 * 784));
    const got = await own.run({ ...fed, images: three });
    for (const output of outputs) {
      const [a, b] = [await got[output]!.data(), await expected[output]!.data()];
      a.forEach((v, i) => {
        expect(Math.abs(v - b[i]!)).toBeLessThan(1e-4 * (1 + Math.abs(v)));
      });
    }
  });
});

test("its gradient is that of small differences", async () => {
  const { x, made, fed } = await traced("encoder", 1, ["features"]);
  const weights = stream(5, "w").normal(new Float32Array(64));
  const w = input("along", [1, 64]);
  const loss = sum(mul(made.features!, w));
  const compiled = program({ loss, slope: grad(loss, [x])[0]! });
  const session = await provider.create(toOnnx(compiled, { target: provider.target }));
  const at = async (data: Float32Array) => {
    const fedImages = provider.value("f32", [1, 1, 28, 28], data);
    const along = provider.value("f32", [1, 64], weights);
    const { loss: value, slope } = await session.run({ ...fed, images: fedImages, along });
    return { value: (await value!.data())[0]!, slope: (await slope!.data()) as Float32Array };
  };
  const here = images(1);
  const step = stream(6, "step").normal(new Float32Array(784));
  const moved = (by: number) => here.map((v, i) => v + by * step[i]!);
  const slope = (await at(here)).slope.reduce((s, v, i) => s + v * step[i]!, 0);
  const difference = ((await at(moved(1e-2))).value - (await at(moved(-1e-2))).value) / 2e-2;
  expect(Math.abs(slope - difference)).toBeLessThan(0.02 * Math.abs(slope));
});

test("what is no model is refused, cut or changed anywhere", () => {
  const whole = bytesOf("encoder");
  expect(() => readModel("x", new TextEncoder().encode("not a model"))).toThrow(/ONNX_FORMAT/);
  expect(() => readModel("x", new Uint8Array())).toThrow(/ONNX_FORMAT/);
  const random = stream(1, "cuts");
  for (const cut of random.integers(40, whole.length)) {
    expect(() => readModel("x", whole.subarray(0, cut)), String(cut)).toThrow(/ONNX_FORMAT/);
  }
  const model = readModel("x", whole);
  const strange = { ...model, nodes: model.nodes.map((n) => ({ ...n, opType: "Einsum" })) };
  const x = input("images", [1, 1, 28, 28]);
  const trace = () => traceModel(strange, { images: x }, { prefix: "" });
  expect(trace).toThrow(/ONNX_OPERATOR expected operators among Conv.*got Einsum/);
});
