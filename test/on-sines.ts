import { inputName } from "../src/engine/ir/leaves.ts";
import { sizeOf } from "../src/engine/ir/type.ts";
import type { Target } from "../src/engine/onnx/emit.ts";
import { toOnnx } from "../src/engine/onnx/model.ts";
import { type Program, program } from "../src/engine/program.ts";
import type { Provider } from "../src/engine/run/provider.ts";

/** The output `t` of a program that is written for `target` and fed with sines. */
export async function onSines(
  provider: Provider,
  outputs: Program["outputs"],
  target: Target,
): Promise<Float32Array> {
  const made = program(outputs);
  const session = await provider.create(toOnnx(made, { target }));
  const feeds = made.inputs.map((leaf, i) => {
    const data = Float32Array.from({ length: sizeOf(leaf.shape) }, (_, k) => Math.sin(k * (i + 2)));
    return [inputName(leaf)!, provider.value("f32", leaf.shape, data)] as const;
  });
  const { t } = await session.run(Object.fromEntries(feeds));
  const data = (await t!.data()) as Float32Array;
  await session.dispose();
  return data;
}
