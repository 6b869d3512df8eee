import { GanymedeError } from "../core/errors.ts";
import { input, inputName } from "../engine/ir/leaves.ts";
import { ancestors, type Tensor } from "../engine/ir/tensor.ts";
import { type Shape, sizeOf } from "../engine/ir/type.ts";
import { toOnnx } from "../engine/onnx/model.ts";
import { program } from "../engine/program.ts";
import type { Provider, Value } from "../engine/run/provider.ts";
import type { Game, Turn } from "../gan/game.ts";
import type { UnitMaps } from "../metrics/dissection.ts";
import { Trace } from "../nn/trace.ts";
import type { Variables } from "../nn/variables.ts";

/** A trained or an untrained game, and what its variables hold. */
export interface Judged {
  readonly game: Game;
  readonly variables: Variables;
  readonly provider: Provider;
  value(name: string): Value;
}

/** What comes of the items, in order, and has more than one pixel: the last is what is summed up. */
function lastMaps(score: Tensor, items: Tensor): Tensor | undefined {
  const fromItems = new Set<Tensor>([items]);
  let last: Tensor | undefined;
  for (const t of ancestors([score])) {
    if (!t.inputs.some((i) => fromItems.has(i))) continue;
    fromItems.add(t);
    const [n, units = 0, height = 1, width = 1] = t.shape;
    const isMaps = t.shape.length === 4 && n === items.shape[0] && units > 1;
    if (isMaps && height * width > 1) last = t;
  }
  return last;
}

/**
 * The maps on which a discriminator's score is based, its last that have more than one pixel, for items
 * [count, c, h, w] in the trained range.
 *
 * @param batch items of a call
 * @throws GanymedeError UNJUDGED where nothing scores an item by itself, or by maps
 */
export async function discriminatorMaps(
  judged: Judged,
  items: Float32Array,
  shape: readonly number[],
  batch = 100,
): Promise<UnitMaps> {
  const { maps, names, session } = await compiled(judged, [batch, ...shape]);
  const { provider, value } = judged;
  const size = sizeOf(shape);
  const count = items.length / size;
  const [units = 0, height = 0, width = 0] = maps.slice(1);
  const own = units * height * width;
  const data = new Float32Array(count * own);
  for (let from = 0; from < count; from += batch) {
    const some = new Float32Array(batch * size);
    some.set(items.subarray(from * size, Math.min(count, from + batch) * size));
    const fed: Record<string, Value> = {
      items: provider.value("f32", [batch, ...shape], some),
      key: provider.value("i32", [], Int32Array.of(0)),
    };
    const asked = Object.fromEntries(names.map((name) => [name, fed[name] ?? value(name)]));
    const results = await session.run(asked);
    const made = (await results.maps!.data()) as Float32Array;
    data.set(made.subarray(0, Math.min(batch, count - from) * own), from * own);
  }
  await session.dispose();
  return { count, units, height, width, data };
}

/** The program that makes the maps of items of a shape [n, c, h, w], and the maps' shape. */
async function compiled({ game, variables, provider }: Judged, shape: Shape) {
  const trace = new Trace(variables, { training: false });
  trace.useKey(input("key", [], "i32"));
  const call: Turn["call"] = (module, x) => module.net(x, trace.scope(module.name));
  const items = input("items", shape);
  const maps = game.judge && lastMaps(game.judge(items, call), items);
  if (!maps) throw noMaps();
  const made = program({ maps });
  return {
    maps: maps.shape,
    names: made.inputs.map((t) => inputName(t)!),
    session: await provider.create(toOnnx(made, { target: provider.target })),
  };
}

const noMaps = () =>
  new GanymedeError("UNJUDGED", {
    where: "the discriminator's maps",
    expected: "a discriminator that scores an image by itself, through maps",
    got: "one that is told of classes, looks at points, or none",
    fix: "choose a run of images without classes, such as dcgan's",
  });
