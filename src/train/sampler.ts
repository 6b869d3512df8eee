import { stream } from "../core/random.ts";
import { input, inputName } from "../engine/ir/leaves.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import { sizeOf } from "../engine/ir/type.ts";
import { toOnnx } from "../engine/onnx/model.ts";
import { type Program, program } from "../engine/program.ts";
import type { Provider, Value } from "../engine/run/provider.ts";
import type { Game, Turn } from "../gan/game.ts";
import { Trace } from "../nn/trace.ts";
import type { Variables } from "../nn/variables.ts";
import { fillNoise } from "./feeds.ts";
import { averageOf } from "./step.ts";

/** The generator alone, in inference mode, on the average of its weights where there is one. */
export interface SampleProgram {
  readonly program: Program;
  /** What is fed: noise by name, one item a row; `label`; `key` of noise made in the graph. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly output: Tensor;
  /** The variables that it reads. */
  readonly weights: readonly string[];
}

/** Traces the sampler of `game` for `batch` items. */
export function traceSampler(game: Game, variables: Variables, batch: number): SampleProgram {
  const averaged = new Set(game.average?.of.map((m) => m.name));
  const trace = new Trace(variables, {
    training: false,
    substitute: (name) => (averaged.has(name.split(".")[0]!) ? averageOf(name) : name),
  });
  const inputs: Record<string, Tensor> = {};
  for (const [name, { shape }] of Object.entries(game.sampler.noise)) {
    inputs[name] = input(name, [batch, ...shape]);
  }
  if (game.sampler.classes) inputs.label = input("label", [batch], "i32");
  const asked = { ...inputs };
  inputs.key = input("key", [], "i32");
  trace.useKey(inputs.key);
  const call: Turn["call"] = (module, value) => module.net(value, trace.scope(module.name));
  const output = game.sampler.make(asked, call);
  const compiled = program({ [game.field]: output });
  const names = compiled.inputs.map((t) => inputName(t)!);
  const used = Object.entries(inputs).filter(([name]) => names.includes(name));
  return {
    program: compiled,
    inputs: Object.fromEntries(used),
    output,
    weights: names.filter((n) => !(n in inputs)),
  };
}

export interface SampleRequest {
  /** The first item, a multiple of the batch of one call; 0 when absent. */
  readonly from?: number;
  readonly count: number;
  readonly seed: number;
  /** Class of each item, repeated to `count`, for a conditional generator. */
  readonly labels?: readonly number[];
  /** Standard deviation of normal noise: below 1 trades variety for quality. */
  readonly scale?: number;
}

/**
 * Draws items from a trained game. Item i depends on the seed, on i and on the size of a call's batch,
 * not on how many are asked for.
 */
export class Sampler {
  readonly traced: SampleProgram;
  private readonly session;
  private readonly game: Game;
  private readonly provider: Provider;
  /** Items of one call. */
  readonly batch: number;

  constructor(game: Game, variables: Variables, provider: Provider, batch = 64) {
    this.game = game;
    this.provider = provider;
    this.batch = batch;
    this.traced = traceSampler(game, variables, batch);
    this.session = provider.create(toOnnx(this.traced.program, { target: provider.target }));
  }

  /** Items [count, …item] in the trained range, row-major. `value` gives the variables. */
  async sample(value: (name: string) => Value, request: SampleRequest): Promise<Float32Array> {
    const { count, from: first = 0 } = request;
    const item = sizeOf(this.traced.output.shape.slice(1));
    const all = new Float32Array(count * item);
    const session = await this.session;
    const weights = Object.fromEntries(this.traced.weights.map((name) => [name, value(name)]));
    for (let from = 0; from < count; from += this.batch) {
      const results = await session.run({ ...weights, ...this.feeds(request, first + from) });
      const items = (await results[this.game.field]!.data()) as Float32Array;
      all.set(items.subarray(0, Math.min(items.length, (count - from) * item)), from * item);
    }
    return all;
  }

  async dispose(): Promise<void> {
    await (await this.session).dispose();
  }

  /** What the generator is fed for the items from `from` on, a whole batch. */
  feeds({ seed, labels, scale = 1 }: SampleRequest, from: number): Record<string, Value> {
    const feeds: Record<string, Value> = {};
    for (const [name, noise] of Object.entries(this.game.sampler.noise)) {
      const codes = new Float32Array(this.batch * sizeOf(noise.shape));
      fillNoise(codes, noise, seed, `sample ${name}`, from / this.batch);
      if (scale !== 1) for (let i = 0; i < codes.length; i++) codes[i] = codes[i]! * scale;
      feeds[name] = this.provider.value("f32", [this.batch, ...noise.shape], codes);
    }
    if (this.game.sampler.classes) {
      const cycle = labels ?? this.game.sampler.classes.map((_, i) => i);
      const asked = Int32Array.from(
        { length: this.batch },
        (_, i) => cycle[(from + i) % cycle.length]!,
      );
      feeds.label = this.provider.value("i32", [this.batch], asked);
    }
    const key = stream(seed, "sample key", from / this.batch).uint32(1)[0]! | 0;
    feeds.key = this.provider.value("i32", [], Int32Array.of(key));
    const used = Object.entries(feeds).filter(([name]) => name in this.traced.inputs);
    return Object.fromEntries(used);
  }
}
