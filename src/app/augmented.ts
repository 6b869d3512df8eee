import { GanymedeError } from "../core/errors.ts";
import { stream } from "../core/random.ts";
import type { Field } from "../data/source.ts";
import { input, inputName } from "../engine/ir/leaves.ts";
import { toOnnx } from "../engine/onnx/model.ts";
import { program } from "../engine/program.ts";
import type { Provider, Value } from "../engine/run/provider.ts";
import { catalog } from "../gan/augmentation/_catalog.ts";
import type { Augmentation } from "../gan/augmentation/augmentation.ts";
import { Trace } from "../nn/trace.ts";
import { Variables } from "../nn/variables.ts";
import { loadNamed } from "./systems.ts";

/** Names of augmentations. */
export const augmentationIds = (): string[] => Object.keys(catalog);

/**
 * Items as an augmentation shows them to a discriminator when training begins: one that is adapted to
 * the training stands at its first strength. What it draws follows from the seed.
 *
 * @param items [n, …field.shape] as networks see them, n ≥ 1
 * @throws GanymedeError UNKNOWN_AUGMENTATION; ITEMS where it is for images, and these are none
 */
export async function augmented(
  items: Float32Array,
  { shape }: Pick<Field, "shape">,
  { id, seed }: { readonly id: string; readonly seed: number },
  provider: Provider,
): Promise<Float32Array> {
  const loaders = Object.entries(catalog).map(([name, make]) => [name, async () => make] as const);
  const make = await loadNamed("augmentation", id, Object.fromEntries(loaders));
  const augmentation: Augmentation = make();
  requireItems(augmentation, shape);
  const size = shape.reduce((n, d) => n * d, 1);
  const all = [items.length / size, ...shape];
  const variables = new Variables();
  const trace = new Trace(variables, { training: true });
  trace.useKey(input("key", [], "i32"));
  const real = input("items", all);
  const { real: shown } = augmentation.show({ real, fake: real }, trace.scope("augment"));
  const traced = program({ shown });
  const key = Int32Array.of(stream(seed, "augmentation key").uint32(1)[0]! | 0);
  const own: Record<string, Value> = {
    items: provider.value("f32", all, items),
    key: provider.value("i32", [], key),
  };
  const first = (name: string) =>
    provider.value("f32", variables.get(name)!.shape, variables.initialValue(name, seed));
  const names = traced.inputs.map((t) => inputName(t)!);
  const session = await provider.create(toOnnx(traced, provider));
  try {
    const results = await session.run(
      Object.fromEntries(names.map((n) => [n, own[n] ?? first(n)])),
    );
    return (await results.shown!.data()) as Float32Array;
  } finally {
    await session.dispose();
  }
}

function requireItems({ id, items }: Augmentation, shape: readonly number[]): void {
  if (items === undefined || shape.length === 3) return;
  throw new GanymedeError("ITEMS", {
    where: `augmentation ${id}`,
    expected: "images",
    got: `items of shape [${shape.join(", ")}]`,
    fix: "choose no augmentation",
  });
}
