/** What proofs do with games: set one up, train it, look inside. */
import { type Asked, buildGame, loadSystem, resolveConfig } from "../src/app/config.ts";
import type { Source } from "../src/data/source.ts";
import { input, inputName } from "../src/engine/ir/leaves.ts";
import type { Tensor } from "../src/engine/ir/tensor.ts";
import type { Shape } from "../src/engine/ir/type.ts";
import { toOnnx } from "../src/engine/onnx/model.ts";
import { program } from "../src/engine/program.ts";
import type { Provider } from "../src/engine/run/provider.ts";
import type { Game } from "../src/gan/game.ts";
import { Trace } from "../src/nn/trace.ts";
import type { CodeLayout } from "../src/train/codes.ts";
import { type SampleRequest, Sampler } from "../src/train/sampler.ts";
import { Trainer } from "../src/train/trainer.ts";

/** A game of the zoo and its data. */
export interface Table {
  readonly game: Game;
  readonly source: Source;
  /** Ticks per call of the runtime. */
  readonly chunk: number;
}

/** A system with its data, as the command line would set it up. */
export async function lay(asked: Asked): Promise<Table> {
  const { config, source } = await resolveConfig(asked);
  const system = await loadSystem(config.system);
  return { game: buildGame(system, config), source, chunk: system.chunk };
}

/** A game under way, with what one may ask of it. */
export class Play {
  readonly trainer: Trainer;
  private readonly table: Table;
  private readonly provider: Provider;

  constructor(table: Table, provider: Provider, seed: number) {
    this.table = table;
    this.provider = provider;
    const { game, source, chunk } = table;
    this.trainer = new Trainer({ game, source, provider, seed, chunk });
  }

  /** Trains up to tick `steps`; true from `stop`, asked after each call of the runtime, ends it. */
  async until(steps: number, stop?: () => Promise<boolean>): Promise<void> {
    while (this.trainer.step < steps) {
      await this.trainer.advance(steps);
      if (await stop?.()) return;
    }
  }

  /** Items that the game's sampler makes, in the data's raw units: of drawn codes, or of codes as given. */
  async samples(
    count: number,
    seed: number,
    change: (codes: Float32Array, layout: CodeLayout) => Float32Array | undefined = () => undefined,
  ): Promise<Float32Array> {
    const { game } = this.table;
    const sampler = new Sampler(game, this.trainer.variables, this.provider, Math.min(count, 500));
    const codes = change(sampler.codes({ count, seed }), sampler.layout);
    return this.made(sampler, { count, seed, ...(codes && { codes }) });
  }

  /** The same of these classes in turn. */
  samplesOf(labels: readonly number[], count: number, seed: number): Promise<Float32Array> {
    const { variables } = this.trainer;
    const sampler = new Sampler(this.table.game, variables, this.provider, Math.min(count, 500));
    return this.made(sampler, { count, seed, labels });
  }

  private async made(sampler: Sampler, request: SampleRequest): Promise<Float32Array> {
    const { game, source } = this.table;
    const items = await sampler.sample((name) => this.trainer.value(name), request);
    await sampler.dispose();
    const { scale, offset } = source.fields[game.field]!;
    return items.map((v) => (v - offset) / scale);
  }

  /** Items of the data that training has not seen (another seed), in raw units. */
  data(count: number, seed: number): Float32Array {
    const { game, source } = this.table;
    return Float32Array.from(source.batch(0, count, seed + 1_000_003)[game.field]!);
  }

  /** Raw items as networks see them. */
  seen(items: Float32Array): Float32Array {
    const { scale, offset } = this.table.source.fields[this.table.game.field]!;
    return items.map((v) => v * scale + offset);
  }

  /**
   * Values of anything that can be traced from the game's modules as they are now, in inference
   * mode: `make` gets the fed inputs by name and a trace on which to apply nets.
   */
  async look(
    feeds: Readonly<Record<string, { readonly shape: Shape; readonly data: Float32Array }>>,
    make: (inputs: Readonly<Record<string, Tensor>>, trace: Trace) => Record<string, Tensor>,
  ): Promise<Record<string, Float32Array>> {
    const { provider, trainer } = this;
    const trace = new Trace(trainer.variables, { training: false });
    const leaves = Object.entries(feeds).map(([name, { shape }]) => [name, input(name, shape)]);
    const compiled = program(make(Object.fromEntries(leaves), trace));
    const session = await provider.create(toOnnx(compiled, { target: provider.target }));
    const values = compiled.inputs.map((leaf) => {
      const name = inputName(leaf)!;
      const fed = feeds[name];
      return [name, fed ? provider.value("f32", fed.shape, fed.data) : trainer.value(name)];
    });
    const results = await session.run(Object.fromEntries(values));
    const read: Record<string, Float32Array> = {};
    for (const [name, v] of Object.entries(results)) read[name] = (await v.data()) as Float32Array;
    await session.dispose();
    return read;
  }

  /** What tools that look into a run ask for: the game, and what it has learnt by now. */
  get judged() {
    const { trainer, provider, table } = this;
    const { variables } = trainer;
    return { game: table.game, variables, provider, value: (n: string) => trainer.value(n) };
  }

  dispose(): Promise<void> {
    return this.trainer.dispose();
  }
}
