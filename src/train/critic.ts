import { stream } from "../core/random.ts";
import { input, inputName } from "../engine/ir/leaves.ts";
import { sizeOf } from "../engine/ir/type.ts";
import { toOnnx } from "../engine/onnx/model.ts";
import { program } from "../engine/program.ts";
import type { Provider, Value } from "../engine/run/provider.ts";
import type { Game, Turn } from "../gan/game.ts";
import { Trace } from "../nn/trace.ts";
import type { Variables } from "../nn/variables.ts";

/** The discriminator of a game alone, in inference mode: nothing of it is updated by being asked. */
export class Critic {
  private readonly provider: Provider;
  private readonly shape: readonly number[];
  private readonly names: readonly string[];
  private readonly session;

  /** @param shape of `batch` items, [batch, …item] */
  constructor(
    judge: NonNullable<Game["judge"]>,
    shape: readonly number[],
    variables: Variables,
    provider: Provider,
  ) {
    const trace = new Trace(variables, { training: false });
    trace.useKey(input("key", [], "i32"));
    const call: Turn["call"] = (module, value) => module.net(value, trace.scope(module.name));
    const traced = program({ score: judge(input("items", shape), call) });
    this.provider = provider;
    this.shape = shape;
    this.names = traced.inputs.map((t) => inputName(t)!);
    this.session = provider.create(toOnnx(traced, provider));
  }

  /** The scores of items [n, …item] in the trained range; n is a multiple of the batch. */
  async score(value: (name: string) => Value, items: Float32Array): Promise<Float32Array> {
    const size = sizeOf(this.shape);
    const scores: number[] = [];
    const session = await this.session;
    const key = Int32Array.of(stream(0, "critic key").uint32(1)[0]! | 0);
    for (let from = 0; from < items.length; from += size) {
      const piece = items.slice(from, from + size);
      const own: Record<string, Value> = {
        items: this.provider.value("f32", this.shape, piece),
        key: this.provider.value("i32", [], key),
      };
      const feeds = Object.fromEntries(this.names.map((n) => [n, own[n] ?? value(n)]));
      const { score } = await session.run(feeds);
      scores.push(...(await score!.data()));
    }
    return Float32Array.from(scores);
  }

  async dispose(): Promise<void> {
    await (await this.session).dispose();
  }
}
